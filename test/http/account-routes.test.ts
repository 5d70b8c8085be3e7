import t, { type Test } from 'tap'
import { ServiceError, type ErrorCode } from '../../src/errors.ts'
import { OPERATIONS } from '../support/account-operations.ts'
import { AUTHENTICATOR, buildTestApp, PROFILE } from '../support/build-app.ts'
import { expectProblem } from '../support/expect-problem.ts'

const headers = { authorization: 'Bearer access.token.x', 'user-agent': 'a browser' }
const remoteAddress = '203.0.113.7'
const connection = { ipAddress: remoteAddress, userAgent: 'a browser' }

type Given = Awaited<ReturnType<typeof buildTestApp>>

function send({ app }: Given, { method, path, body }: (typeof OPERATIONS)[number], more = {}) {
  const payload = body === undefined ? {} : { payload: body }
  return app.inject({ method, url: path, ...payload, headers, remoteAddress, ...more })
}

t.test('each route hands over the token, the request and the connection', async (t) => {
  const given = await buildTestApp(t)
  const answers = []
  for (const operation of OPERATIONS) answers.push(await send(given, operation))
  t.strictSame(given.calls, [
    ['getMe', 'access.token.x'],
    ['updateMe', ['access.token.x', { name: 'Ada' }]],
    ['deleteMe', 'access.token.x'],
    ['listAuthenticators', 'access.token.x'],
    ['startEnrolment', ['access.token.x', connection]],
    ['finishEnrolment', ['access.token.x', 'a.b.c']],
    ['removeAuthenticator', ['access.token.x', 'authenticator-1']],
    ['startStepUp', ['access.token.x', { action: 'authorizePayment', ...connection }]],
    ['finishStepUp', ['access.token.x', { action: 'authorizePayment', token: 'a.b.c' }]],
  ])
  t.strictSame(
    answers.map(({ statusCode, body }) => [statusCode, body && JSON.parse(body)]),
    [
      [200, PROFILE],
      [200, PROFILE],
      [204, ''],
      [200, { authenticators: [AUTHENTICATOR] }],
      [200, { token: 'a.b.c', url: 'https://mfa.example' }],
      [200, AUTHENTICATOR],
      [204, ''],
      [200, { state: 'ALLOW', attempt: 'attempt-1' }],
      [200, { state: 'CHALLENGE_SUCCEEDED', verificationMethod: 'PASSKEY', attempt: 'attempt-1' }],
    ],
  )
  t.ok(answers.every((answer) => answer.headers['cache-control'] === 'no-store'))
})

t.test('without a bearer token nothing is asked', async (t) => {
  const given = await buildTestApp(t)
  for (const operation of OPERATIONS) {
    for (const authorization of [
      '',
      'Bearer',
      'Basic YTpi',
      'Bearer a b',
      `Bearer ${'x'.repeat(17_000)}`,
    ]) {
      const response = await send(given, operation, { headers: { authorization } })
      expectProblem(t, response, 'invalid_token', { label: operation.path })
      t.equal(response.headers['www-authenticate'], 'Bearer error="invalid_token"')
    }
  }
  t.strictSame(given.calls, [])
})

t.test('a field that is not documented never leaves', async (t) => {
  const secret = { username: 'ada-1', cognitoUserStatus: 'CONFIRMED', address: 'ada@example.org' }
  const given = await buildTestApp(t, {
    getMe: () => Promise.resolve({ ...PROFILE, ...secret }),
    updateMe: () => Promise.resolve({ ...PROFILE, ...secret }),
    listAuthenticators: () =>
      Promise.resolve({ authenticators: [{ ...AUTHENTICATOR, ...secret }] }),
    startEnrolment: () => Promise.resolve({ token: 'a', url: 'b', ...secret }),
    finishEnrolment: () => Promise.resolve({ ...AUTHENTICATOR, ...secret }),
    startStepUp: () => Promise.resolve({ state: 'ALLOW', attempt: 'a', ...secret }),
    finishStepUp: () =>
      Promise.resolve({ state: 'x', verificationMethod: 'SMS', attempt: 'a', ...secret }),
  })
  for (const operation of OPERATIONS) {
    const { body } = await send(given, operation)
    t.notMatch(body, /ada-1|CONFIRMED|example\.org|username/, operation.path)
    t.ok(operation.method === 'DELETE' || body.length > 2)
  }
})

/** Every failure of every operation, with all of its fields. */
t.test('each failure has its status and exactly its fields', async (t) => {
  const codes: ErrorCode[] = [
    'invalid_request',
    'challenge_failed',
    'invalid_token',
    'sign_in_blocked',
    'redirect_url_not_allowed',
    'not_found',
    'last_authenticator',
    'address_in_use',
    'upstream_error',
    'upstream_unavailable',
    'upstream_timeout',
  ]
  for (const code of codes) {
    const given = await failingWith(t, new ServiceError(code))
    for (const operation of OPERATIONS) {
      expectProblem(t, await send(given, operation), code, { label: `${operation.path} ${code}` })
    }
  }
})

t.test('a missing step-up says how fresh it has to be, in the words of RFC 9470', async (t) => {
  const given = await failingWith(t, new ServiceError('step_up_required', { maxAge: 600 }))
  for (const operation of OPERATIONS) {
    const response = await send(given, operation)
    expectProblem(t, response, 'step_up_required')
    t.equal(
      response.headers['www-authenticate'],
      'Bearer error="insufficient_user_authentication", max_age="600"',
    )
  }
})

t.test('a refused proof says why', async (t) => {
  for (const reason of ['unfinished', 'refused'] as const) {
    const given = await failingWith(t, new ServiceError('challenge_failed', { reason }))
    const response = await send(given, OPERATIONS.at(-1)!)
    expectProblem(t, response, 'challenge_failed', { more: { reason } })
  }
})

function failingWith(t: Test, error: ServiceError): Promise<Given> {
  const fail = () => Promise.reject(error)
  return buildTestApp(t, {
    getMe: fail,
    updateMe: fail,
    deleteMe: fail,
    listAuthenticators: fail,
    startEnrolment: fail,
    finishEnrolment: fail,
    removeAuthenticator: fail,
    startStepUp: fail,
    finishStepUp: fail,
  })
}

t.test('a body that breaks the schema names the field', async (t) => {
  const { app, calls } = await buildTestApp(t)
  const cases: ['PATCH' | 'POST', string, unknown, string][] = [
    ['PATCH', '/me', {}, ''],
    ['PATCH', '/me', [], ''],
    ['PATCH', '/me', { name: 1 }, '/name'],
    ['PATCH', '/me', { email: 'a@example.com' }, ''],
    ['POST', '/authenticators', [], ''],
    ['POST', '/authenticators', { email: 1 }, '/email'],
    ['POST', '/authenticators', { redirectUrl: 'has space' }, '/redirectUrl'],
    ['POST', '/authenticators', { authenticatorId: 'x' }, ''],
    ['POST', '/authenticators/verify', {}, '/token'],
    ['POST', '/authenticators/verify', { token: ['a'] }, '/token'],
    ['POST', '/start-step-up', {}, '/action'],
    ['POST', '/start-step-up', { action: 'a/b' }, '/action'],
    ['POST', '/start-step-up', { action: 'a', custom: 1 }, '/custom'],
    ['POST', '/finish-step-up', { action: 'a' }, '/token'],
    ['POST', '/finish-step-up', { token: 'a' }, '/action'],
    ['POST', '/finish-step-up', { token: 'a', action: 'b', attempt: 'c' }, ''],
  ]
  for (const [method, url, payload, pointer] of cases) {
    const body = JSON.stringify(payload)
    const type = { 'content-type': 'application/json', ...headers }
    const response = await app.inject({ method, url, payload: body, headers: type })
    const { errors } = response.json<{ errors?: { pointer: string }[] }>()
    expectProblem(t, response, 'invalid_request', { more: { errors }, label: `${url} ${body}` })
    t.equal(errors?.[0]?.pointer, pointer, `${url} ${body}`)
  }
  t.strictSame(calls, [])
})

t.test('an id in the path is one, or the request is refused', async (t) => {
  const { app, calls } = await buildTestApp(t)
  for (const id of ['a.b', 'a%2Fb', 'a b', 'ä', 'x'.repeat(65)]) {
    const url = `/authenticators/${encodeURI(id).replaceAll('%25', '%')}`
    const response = await app.inject({ method: 'DELETE', url, headers })
    const { errors } = response.json<{ errors?: object[] }>()
    expectProblem(t, response, 'invalid_request', { more: { errors }, label: id })
    t.match(errors, [{ pointer: '/authenticatorId' }])
    t.notMatch(response.body, id)
  }
  t.strictSame(calls, [])
})

t.test(
  'another method is refused and told which ones to use, also where a path has an id',
  async (t) => {
    const { app, calls } = await buildTestApp(t)
    const cases: [string, string[], string[]][] = [
      ['/me', ['POST', 'PUT'], ['DELETE', 'GET', 'HEAD', 'PATCH']],
      ['/authenticators', ['PUT', 'DELETE', 'PATCH'], ['GET', 'HEAD', 'POST']],
      ['/authenticators/abc', ['GET', 'POST', 'PUT', 'PATCH'], ['DELETE']],
      ['/authenticators/verify', ['GET', 'PUT'], ['DELETE', 'POST']],
      ['/start-step-up', ['GET', 'DELETE'], ['POST']],
    ]
    for (const [url, methods, allowed] of cases) {
      for (const method of methods) {
        const response = await app.inject({ method: method as 'GET', url: `${url}?x=1`, headers })
        expectProblem(t, response, 'method_not_allowed', { label: `${method} ${url}` })
        t.strictSame(String(response.headers.allow).split(', ').toSorted(), allowed)
      }
    }
    for (const url of ['/authenticators/a/b', '/me/', '/authenticators//', '/users/abc']) {
      const response = await app.inject({ method: 'GET', url, headers })
      expectProblem(t, response, 'not_found', { label: url })
    }
    t.strictSame(calls, [])
  },
)

t.test('the log names the route, never the path or a token', async (t) => {
  const given = await buildTestApp(t, { logs: true })
  for (const operation of OPERATIONS) await send(given, operation)
  const log = given.lines.join('')
  t.match(log, '"route":"/authenticators/:authenticatorId"')
  for (const word of ['access.token.x', 'authenticator-1', 'a.b.c', 'Ada', 'a browser']) {
    t.notOk(log.includes(word), word)
  }
})
