import t from 'tap'
import { parseConfig } from '../src/config.ts'
import { VARIABLES } from '../src/config-variables.ts'
import { BAD_VALUES } from './support/bad-values.ts'
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
    ADMIN_HOST: undefined,
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
    HSTS_MAX_AGE: 31_536_000,
    TRUST_PROXY: [],
    REDIS_URL: undefined,
    PROFILE_ATTRIBUTES: ['name', 'givenName', 'familyName', 'nickname', 'locale', 'zoneinfo'],
    RECENT_SIGN_IN_MINUTES: 10,
    UPSTREAM_TIMEOUT_MS: 15_000,
    BLOCKED_STARTS: 'hide',
    START_SIGN_IN_FLOOR_MS: 500,
    UPSTREAM_CONCURRENCY: 200,
    MAX_EVENT_LOOP_DELAY_MS: 200,
    SHUTDOWN_DELAY_MS: 0,
    OTEL_EXPORTER_OTLP_ENDPOINT: undefined,
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: undefined,
    OTEL_EXPORTER_OTLP_HEADERS: undefined,
    OTEL_SERVICE_NAME: 'cognito-authsignal-bff',
    OTEL_TRACES_SAMPLER_ARG: 1,
    RATE_LIMIT_IP: { count: 600, seconds: 60 },
    RATE_LIMIT_START_IP: { count: 300, seconds: 600 },
    RATE_LIMIT_IDENTIFIER: { count: 10, seconds: 600 },
    RATE_LIMIT_COUNTRY: { count: 600, seconds: 600 },
    RATE_LIMIT_PREFIX: { count: 50, seconds: 3_600, percent: 10 },
    RATE_LIMIT_SESSION: { count: 120, seconds: 60 },
    PHONE_COUNTRIES: [],
    LOG_LEVEL: 'info',
    AUDIT_LOG: 'on',
    LOG_IP: 'digest',
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

t.test('a bad value gives one line that names the variable and never the value', (t) => {
  t.strictSame(Object.keys(BAD_VALUES).toSorted(), Object.keys(VARIABLES).toSorted())
  t.ok(Object.values(BAD_VALUES).every((values) => values.length > 0))
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
