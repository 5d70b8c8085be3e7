import t from 'tap'
import { parseConfig } from '../src/config.ts'
import { VARIABLES } from '../src/config-variables.ts'
import { ENVIRONMENT, problemsOf } from './support/config.ts'

t.test('an empty environment names every required variable at once', (t) => {
  t.strictSame(
    problemsOf({}).map((line) => line.split(':')[0]),
    [
      'AWS_REGION',
      'COGNITO_USER_POOL_ID',
      'COGNITO_CLIENT_ID',
      'AUTHSIGNAL_SECRET',
      'AUTHSIGNAL_URL',
      'SESSION_KEYS',
    ],
  )
  t.ok(problemsOf({}).every((line) => line.endsWith(': is required')))
  t.end()
})

t.test('everything that is not required has a default', (t) => {
  t.strictSame(parseConfig(ENVIRONMENT), {
    ...ENVIRONMENT,
    PORT: 3000,
    HOST: '0.0.0.0',
    ADMIN_PORT: 9464,
    COGNITO_CLIENT_SECRET: undefined,
    COGNITO_ENDPOINT: undefined,
    COGNITO_AUTH_SESSION_MINUTES: 3,
    ACTION_CODE: 'cognitoAuth',
    SESSION_KEYS: [Buffer.alloc(32, 1)],
    PROVISIONING: 'create',
    USERNAME_FORM: 'attribute',
    CHALLENGE_ANSWER_FORMAT: 'raw',
    GOOGLE_AUDIENCES: [],
    APPLE_AUDIENCES: [],
    ID_TOKEN_NONCE: 'required',
    GOOGLE_ENDPOINT: undefined,
    APPLE_ENDPOINT: undefined,
    ALLOWED_REDIRECT_URLS: [],
    CORS_ORIGINS: [],
    TRUST_PROXY: [],
    REDIS_URL: undefined,
    PROFILE_ATTRIBUTES: ['name', 'givenName', 'familyName', 'nickname', 'locale', 'zoneinfo'],
    RECENT_SIGN_IN_MINUTES: 10,
    UPSTREAM_TIMEOUT_MS: 15_000,
    START_SIGN_IN_FLOOR_MS: 500,
    LOG_LEVEL: 'info',
  })
  t.end()
})

t.test('an empty or blank variable is an unset one', (t) => {
  const names = Object.keys(VARIABLES)
  for (const text of ['', '  ']) {
    const env = Object.fromEntries(names.map((name) => [name, ENVIRONMENT[name] ?? text]))
    t.strictSame(parseConfig(env), parseConfig(ENVIRONMENT))
    t.strictSame(problemsOf({ ...ENVIRONMENT, AUTHSIGNAL_SECRET: text }), [
      'AUTHSIGNAL_SECRET: is required',
    ])
  }
  t.end()
})

t.test('space around a value is no part of it', (t) => {
  t.equal(parseConfig({ ...ENVIRONMENT, AUTHSIGNAL_SECRET: ' abc\n' }).AUTHSIGNAL_SECRET, 'abc')
  t.strictSame(
    parseConfig({ ...ENVIRONMENT, ALLOWED_REDIRECT_URLS: ' https://a.example/cb , app://cb,' })
      .ALLOWED_REDIRECT_URLS,
    ['https://a.example/cb', 'app://cb'],
  )
  t.end()
})

t.test('variables of other programs are left alone', (t) => {
  t.notOk('PATH' in parseConfig({ ...ENVIRONMENT, PATH: '/bin' }))
  t.end()
})

/** HOST and AUTHSIGNAL_SECRET are missing here: any text may be right. */
const BAD_VALUES: Partial<Record<keyof typeof VARIABLES, string[]>> = {
  PORT: ['-987', '65536', '8080.5', '0x1f90', '1e3', 'http'],
  ADMIN_PORT: ['70000', '94 64'],
  AWS_REGION: ['Ireland', 'EU-WEST-1', 'eu-west-1.evil.example'],
  COGNITO_USER_POOL_ID: ['NoRegion99', 'eu-west-9_', 'eu-west-9_Ab/Cd'],
  COGNITO_CLIENT_ID: ['has space', 'has/slash', 'x'.repeat(129)],
  COGNITO_CLIENT_SECRET: ['has space', 'x'.repeat(65)],
  COGNITO_ENDPOINT: ['localhost:9229', 'ftp://localhost', 'http://'],
  COGNITO_AUTH_SESSION_MINUTES: ['2', '16', 'three'],
  AUTHSIGNAL_URL: ['https://api.example.com', 'not-a-url/v1', 'https://api.example.com/v1/users'],
  ACTION_CODE: ['sign in', '../admin', 'cognitoAuth/x', 'x'.repeat(65)],
  SESSION_KEYS: [
    'c2hvcnQ=',
    Buffer.alloc(31, 9).toString('base64'),
    `${Buffer.alloc(32, 9).toString('base64')},`,
    Buffer.alloc(32, 9).toString('hex'),
    `${Buffer.alloc(32, 9).toString('base64')} !`,
  ],
  PROVISIONING: ['Create', 'sign-in'],
  USERNAME_FORM: ['uuid'],
  CHALLENGE_ANSWER_FORMAT: ['xml'],
  GOOGLE_AUDIENCES: ['has space', 'https://client', 'x'.repeat(256)],
  APPLE_AUDIENCES: ['com.example.app,has space', 'com.example/app'],
  ID_TOKEN_NONCE: ['off', 'Required'],
  GOOGLE_ENDPOINT: ['localhost:9231', 'http://accounts.example.com', 'https://g.example/?a=b'],
  APPLE_ENDPOINT: ['ftp://localhost/a', 'http://10.0.0.1/apple', 'https://a.example/#a'],
  ALLOWED_REDIRECT_URLS: ['/callback', 'https://ok.example/cb,app.example.com'],
  CORS_ORIGINS: ['*', 'null', 'https://web.example.com/', 'web.example.com', 'https://w/x'],
  TRUST_PROXY: [
    '0.0.0.0/0',
    '::/0',
    '10.9.0.0/33',
    '10.9.0.0/',
    '10.9.0.0/8/8',
    'loopback',
    'true',
  ],
  REDIS_URL: [
    'localhost:6379',
    'http://localhost:6379',
    'redis://',
    'redis://host/name',
    'redis://:se%cret@host',
  ],
  PROFILE_ATTRIBUTES: [
    'email',
    'phoneNumber',
    'emailVerified',
    'given_name',
    'name,sub',
    'toString',
  ],
  RECENT_SIGN_IN_MINUTES: ['0', '61', '1.5', '10m'],
  UPSTREAM_TIMEOUT_MS: ['99', '60001', '15s'],
  START_SIGN_IN_FLOOR_MS: ['10001', '-7'],
  LOG_LEVEL: ['verbose', 'INFO'],
}

t.test('a bad value gives one line that names the variable and never the value', (t) => {
  const untested = Object.keys(VARIABLES).filter((name) => !(name in BAD_VALUES))
  t.strictSame(untested, ['HOST', 'AUTHSIGNAL_SECRET'])
  for (const [name, values] of Object.entries(BAD_VALUES)) {
    for (const value of values) {
      const problems = problemsOf({ ...ENVIRONMENT, [name]: value })
      t.equal(problems.length, 1, `${name}=${value}`)
      t.ok(problems[0]?.startsWith(`${name}: must be `), `${name}=${value}: ${problems[0]}`)
      const after = problems[0]?.slice(name.length) ?? ''
      // The advice for a number may well contain the digit of a short value.
      if (value.length > 5) t.notOk(after.includes(value), `${name}=${value}`)
    }
  }
  t.end()
})

t.test('a lookup without AWS credentials cannot be', (t) => {
  const env = { ...ENVIRONMENT, USERNAME_FORM: 'lookup', PROVISIONING: 'sign-up' }
  t.strictSame(problemsOf(env), [
    'USERNAME_FORM: lookup takes AWS credentials, so PROVISIONING must be create or none',
  ])
  for (const PROVISIONING of ['create', 'none']) {
    t.strictSame(problemsOf({ ...env, PROVISIONING }), [])
  }
  t.end()
})

t.test('several bad values are all told of, in the message too', (t) => {
  const env = { ...ENVIRONMENT, PORT: 'x', LOG_LEVEL: 'x', SESSION_KEYS: 'hunter2' }
  t.strictSame(
    problemsOf(env).map((line) => line.split(':')[0]),
    ['PORT', 'SESSION_KEYS', 'LOG_LEVEL'],
  )
  t.throws(() => parseConfig(env), { name: 'ConfigError', message: problemsOf(env).join('\n') })
  t.notMatch(problemsOf(env).join('\n'), 'hunter2')
  t.end()
})

t.test('the configuration cannot be changed afterwards', (t) => {
  const config = parseConfig(ENVIRONMENT)
  t.ok(Object.isFrozen(config))
  t.throws(() => Object.assign(config, { PORT: 1 }), { name: 'TypeError' })
  t.end()
})
