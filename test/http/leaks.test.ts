import { AuthsignalError } from '@authsignal/node'
import { AxiosError, AxiosHeaders } from 'axios'
import t, { type Test } from 'tap'
import { ServiceError } from '../../src/errors.ts'
import { buildTestApp, ROUTES, TOKENS } from '../support/build-app.ts'

const EMAIL = 'ada.lovelace@example.com'
const PHONE = '+6421234567'
const SECRET = 'sk_live_do-not-print-me'
const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl'
const SESSION = 's1.sealed-session-of-ada'

/** Everything that must be neither answered (unless asked for) nor logged, in each spelling. */
const SENSITIVE = [
  EMAIL,
  'ada.lovelace',
  PHONE,
  '6421234567',
  encodeURIComponent(EMAIL),
  SECRET,
  Buffer.from(SECRET).toString('base64').replace(/=+$/, ''),
  Buffer.from(`${SECRET}:`).toString('base64'),
  JWT,
  JWT.split('.')[1] ?? '',
  SESSION,
]

function expectNoneIn(t: Test, text: string, label: string): void {
  const shown = SENSITIVE.filter((word) => text.includes(word))
  t.strictSame(shown, [], label)
}

/** What an SDK throws: the secret and the address are in it many times over. */
function sdkError(): AuthsignalError {
  const config = {
    headers: new AxiosHeaders({ authorization: `Basic ${btoa(`${SECRET}:`)}` }),
    auth: { username: SECRET, password: '' },
    data: JSON.stringify({ email: EMAIL, token: JWT }),
    url: `https://api.example/users/${EMAIL}`,
  }
  const axiosError = new AxiosError(`for ${EMAIL}`, 'ERR_BAD_REQUEST', config)
  return new AuthsignalError(401, 'unauthorized', `${EMAIL} ${SECRET}`, axiosError)
}

const everything = `${EMAIL} ${PHONE} ${SECRET} ${JWT} ${SESSION}`

const THROWN: Record<string, () => unknown> = {
  'an upstream failure': () =>
    new ServiceError('upstream_error', {
      upstream: {
        service: 'cognito',
        operation: 'InitiateAuth',
        reason: 'ResourceNotFoundException',
        requestId: 'aws-request-1',
      },
    }),
  'a refused proof': () => new ServiceError('challenge_failed'),
  'a plain error': () => new Error(everything),
  'an error over many lines': () => new Error(`x\n    at ${everything}\n    at ${EMAIL}:1:2\n`),
  'an error with an address for a stack': () =>
    Object.assign(new Error('x'), { stack: `Error: x\n    at nowhere\n${everything}` }),
  'an error with a cause': () => new Error(everything, { cause: sdkError() }),
  'an error of many': () => new AggregateError([sdkError(), new Error(everything)], everything),
  'an error with everything on it': () =>
    Object.assign(new Error('x'), { email: EMAIL, token: JWT, config: { secret: SECRET } }),
  'an error of an SDK': sdkError,
  'an error that says what to answer': () =>
    Object.assign(new Error(everything), {
      statusCode: 400,
      validation: [{ message: everything }],
    }),
  'a type error': () => new TypeError(`cannot read ${everything}`),
  'no error': () => everything,
  'an object': () => ({ message: everything, statusCode: 400 }),
}

t.test(
  'whatever fails, neither the answer nor the log tells who or what it was about',
  async (t) => {
    for (const [what, make] of Object.entries(THROWN)) {
      async function fail(): Promise<never> {
        throw make()
      }
      const { app, lines } = await buildTestApp(t, {
        startSignIn: fail,
        finishSignIn: fail,
        logs: true,
      })
      for (const { path } of ROUTES) {
        const response = await app.inject({
          method: 'POST',
          url: `${path}?email=${encodeURIComponent(EMAIL)}&token=${JWT}`,
          payload: path.includes('start') ? { email: EMAIL } : { session: SESSION, token: JWT },
          headers: {
            authorization: `Bearer ${JWT}`,
            cookie: `session=${SESSION}`,
            'user-agent': EMAIL,
          },
        })
        expectNoneIn(t, JSON.stringify(response.headers) + response.body, `${what}: the answer`)
      }
      t.ok(lines.length >= 2, 'something was logged')
      expectNoneIn(t, lines.join(''), `${what}: the log`)
    }
  },
)

t.test('what is refused before it reaches us is not logged either', async (t) => {
  const { app, lines } = await buildTestApp(t, { logs: true })
  for (const { path } of ROUTES) {
    for (const payload of [
      { email: EMAIL, extra: everything },
      { [everything]: EMAIL },
      { email: [EMAIL], session: 1, token: JWT },
      { session: everything, [EMAIL]: JWT },
      `{"email":"${EMAIL}`,
      everything,
      `"${EMAIL}"`,
    ]) {
      const response = await app.inject({
        method: 'POST',
        url: path,
        payload,
        headers: { 'content-type': 'application/json' },
      })
      t.equal(response.statusCode, 400)
      expectNoneIn(t, response.body, 'the answer')
    }
  }
  for (const [method, url] of [
    ['GET', `/${EMAIL}`],
    ['POST', `/%/${EMAIL}`],
    ['PUT', `/start-sign-in?email=${EMAIL}`],
    ['POST', `/users/${encodeURIComponent(EMAIL)}?token=${JWT}`],
  ] as const) {
    const response = await app.inject({ method, url, headers: { referer: EMAIL } })
    expectNoneIn(t, JSON.stringify(response.headers) + response.body, `${method} ${url}`)
  }
  t.ok(lines.length > 10)
  expectNoneIn(t, lines.join(''), 'the log')
})

t.test('a sign-in that succeeds leaves one line each, with nothing of it', async (t) => {
  const { app, lines } = await buildTestApp(t, {
    logs: true,
    startSignIn: () => Promise.resolve({ session: SESSION, token: JWT, expiresIn: 180 }),
    finishSignIn: () => Promise.resolve({ ...TOKENS, accessToken: JWT }),
  })
  await app.inject({ method: 'POST', url: '/start-sign-in', payload: { email: EMAIL } })
  await app.inject({
    method: 'POST',
    url: '/finish-sign-in',
    payload: { session: SESSION, token: JWT },
  })
  expectNoneIn(t, lines.join(''), 'the log')
  const requests = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  t.strictSame(
    requests.map(({ msg, method, route, status }) => ({ msg, method, route, status })),
    ['/start-sign-in', '/finish-sign-in'].map((route) => ({
      msg: 'request',
      method: 'POST',
      route,
      status: 200,
    })),
  )
  t.strictSame(Object.keys(requests[0] ?? {}).toSorted(), [
    'level',
    'method',
    'ms',
    'msg',
    'operation',
    'requestId',
    'route',
    'service',
    'status',
    'time',
  ])
})
