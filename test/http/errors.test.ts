import { AuthsignalError } from '@authsignal/node'
import t from 'tap'
import { PROBLEMS } from '../../src/http/problems.ts'
import { ServiceError, type ErrorCode } from '../../src/errors.ts'
import { buildTestApp, ROUTES, STARTED } from '../support/build-app.ts'
import { expectProblem } from '../support/expect-problem.ts'

const STATUSES: Record<ErrorCode, number> = {
  invalid_request: 400,
  challenge_failed: 401,
  session_expired: 401,
  invalid_token: 401,
  step_up_required: 401,
  sign_in_blocked: 403,
  redirect_url_not_allowed: 403,
  not_found: 404,
  last_authenticator: 409,
  address_in_use: 409,
  idempotency_key_reused: 422,
  too_many_requests: 429,
  upstream_error: 502,
  upstream_unavailable: 503,
  upstream_timeout: 504,
}

/** The app whose use cases fail with `error`. */
function failingWith(error: unknown) {
  async function fail(): Promise<never> {
    throw error
  }
  return { startSignIn: fail, finishSignIn: fail }
}

t.test('each failure of a sign-in has its status and exactly its fields', async (t) => {
  for (const [code, status] of Object.entries(STATUSES) as [ErrorCode, number][]) {
    const { app } = await buildTestApp(t, failingWith(new ServiceError(code)))
    for (const { path, body } of ROUTES) {
      const response = await app.inject({ method: 'POST', url: path, payload: body })
      t.equal(response.statusCode, status)
      expectProblem(t, response, code, { label: `${path} ${code}` })
      t.notOk('retry-after' in response.headers)
    }
  }
})

t.test('a failure that passes says when, in the body and in Retry-After', async (t) => {
  const error = new ServiceError('upstream_unavailable', { retryAfter: 5 })
  const { app } = await buildTestApp(t, failingWith(error))
  for (const { path, body } of ROUTES) {
    const response = await app.inject({ method: 'POST', url: path, payload: body })
    expectProblem(t, response, 'upstream_unavailable', { more: { retryAfter: 5 } })
    t.equal(response.headers['retry-after'], '5')
  }
})

t.test('a wrong proof that may be tried again carries all of the retry', async (t) => {
  const error = new ServiceError('challenge_failed', { retry: STARTED })
  const { app } = await buildTestApp(t, failingWith(error))
  const [, { path, body }] = ROUTES
  const response = await app.inject({ method: 'POST', url: path, payload: body })
  expectProblem(t, response, 'challenge_failed', { more: { retry: STARTED } })
})

t.test('wrong fields are named', async (t) => {
  const errors = [{ pointer: '/phoneNumber', detail: 'Send the number with its country code.' }]
  const { app } = await buildTestApp(
    t,
    failingWith(new ServiceError('invalid_request', { errors })),
  )
  const [{ path, body }] = ROUTES
  const response = await app.inject({ method: 'POST', url: path, payload: body })
  expectProblem(t, response, 'invalid_request', { more: { errors } })
})

t.test('what an upstream said stays with us', async (t) => {
  const upstream = {
    service: 'cognito',
    operation: 'InitiateAuth',
    reason: 'ResourceNotFoundException',
    requestId: 'aws-1',
  } as const
  const { app } = await buildTestApp(
    t,
    failingWith(new ServiceError('upstream_error', { upstream })),
  )
  const [{ path, body }] = ROUTES
  const response = await app.inject({ method: 'POST', url: path, payload: body })
  expectProblem(t, response, 'upstream_error')
  t.notMatch(response.body, /InitiateAuth|ResourceNotFound|aws-1/)
})

const BUGS: Record<string, unknown> = {
  'a plain error': new Error('secret text'),
  'an error with a status': Object.assign(new Error('secret text'), { statusCode: 418 }),
  'an error with a client status': Object.assign(new Error('secret text'), { statusCode: 400 }),
  'an error with a code': Object.assign(new Error('secret text'), { code: 'ECONNRESET' }),
  'an error with the code of every object': Object.assign(new Error('secret text'), {
    code: 'constructor',
  }),
  'an error of the Authsignal SDK': new AuthsignalError(401, 'unauthorized', 'secret text'),
  'a syntax error': new SyntaxError('secret text'),
  'a text': 'secret text',
  'an object': { statusCode: 400, message: 'secret text' },
  nothing: null,
  undefined,
}

t.test('whatever else is thrown is a bug and says no more', async (t) => {
  for (const [what, error] of Object.entries(BUGS)) {
    const { app } = await buildTestApp(t, failingWith(error))
    for (const { path, body } of ROUTES) {
      const response = await app.inject({ method: 'POST', url: path, payload: body })
      expectProblem(t, response, 'internal_error', { label: what })
      t.notMatch(JSON.stringify(response.headers) + response.body, /secret text|ECONN/)
    }
  }
})

t.test('every problem says what it is and what to do next', (t) => {
  for (const [code, { status, title, detail }] of Object.entries(PROBLEMS)) {
    t.match(code, /^[a-z]+(_[a-z]+)*$/)
    t.ok(status >= 400 && status < 600)
    t.match(title, /^[A-Z].*[^.]$/)
    t.match(detail, /^[A-Z].*\.$/)
  }
  t.end()
})
