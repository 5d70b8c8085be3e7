import t, { type Test } from 'tap'
import { awsFault } from '../../local/index.ts'
import { startStack } from '../support/stack.ts'
import { AUTHSIGNAL_FAILURES, BROKEN, CASES, LEAK } from './upstream-cases.ts'

const email = 'ada.lovelace@example.com'
/** The same person signs in all the time. */

/** Texts that must never come out again, wherever they went in. */
const FORBIDDEN = [email, 'sk_live_51secret', 'eyJhbGciOi', 'tenant-secret', 'dGVuYW50LXNlY3JldD']

const STATUS: Record<string, number> = {
  challenge_failed: 401,
  session_expired: 401,
  sign_in_blocked: 403,
  upstream_error: 502,
  upstream_unavailable: 503,
  upstream_timeout: 504,
}

t.test(
  'every Cognito exception has its documented code, is sent once and leaks nothing',
  async (t) => {
    const stack = await startStack(t, { env: { BLOCKED_STARTS: 'tell' } })
    await stack.signIn({ email })
    const answers: string[] = []
    for (const { name, message = LEAK, status, start, finish } of CASES) {
      const { body } = await stack.start({ email })
      const fault = awsFault(name, message, status)
      for (const [operation, code] of [
        ['InitiateAuth', start],
        ['RespondToAuthChallenge', finish],
      ] as const) {
        stack.cognito.faults.clear()
        stack.cognito.faults.add({ operation, fault })
        stack.cognitoCalls()
        const answer =
          operation === 'InitiateAuth'
            ? await stack.start({ email })
            : await stack.finish({ session: body.session, token: body.token })
        const calls = stack.cognitoCalls().filter((call) => call === operation)
        // After UserNotFound the user is created, begun again and, for the lag of creation, once more.
        const expected = name === 'UserNotFoundException' && operation === 'InitiateAuth' ? 3 : 1
        t.equal(calls.length, expected, `${name} at ${operation} is not repeated`)
        const seen = answer.status === 200 ? '200' : answer.body.code
        const wanted = expected === 3 ? 'upstream_error' : code
        t.equal(seen, wanted, `${name} (${message.slice(0, 40)}) at ${operation}`)
        t.equal(answer.status, STATUS[wanted] ?? 200)
        if (wanted === 'upstream_unavailable') t.ok(Number(answer.headers.get('retry-after')) > 0)
        answers.push(
          JSON.stringify({
            ...answer.body,
            retry: undefined,
            token: undefined,
            url: undefined,
            session: undefined,
          }),
        )
      }
      stack.cognito.faults.clear()
    }
    nothingLeaks(t, answers, stack.log)
  },
)

t.test('an exception while the user is being created', async (t) => {
  const stack = await startStack(t)
  const cases = {
    TooManyRequestsException: 'upstream_unavailable',
    InvalidParameterException: 'upstream_error',
    InvalidPasswordException: 'upstream_error',
    NotAuthorizedException: 'upstream_error',
    AccessDeniedException: 'upstream_error',
    UnrecognizedClientException: 'upstream_error',
    ResourceNotFoundException: 'upstream_error',
    UnsupportedUserStateException: 'upstream_error',
    InternalErrorException: 'upstream_unavailable',
    UnexpectedLambdaException: 'upstream_error',
  }
  const answers: string[] = []
  for (const [name, code] of Object.entries(cases)) {
    stack.cognito.faults.add({
      operation: 'AdminCreateUser',
      fault: awsFault(name, LEAK),
      times: 1,
    })
    stack.cognitoCalls()
    const { body } = await stack.start({ email: 'new.person@example.com' })
    t.equal(body.code, code, name)
    t.strictSame(stack.cognitoCalls(), ['InitiateAuth', 'AdminCreateUser'])
    answers.push(JSON.stringify(body))
  }
  t.equal(stack.cognito.users.list().length, 0)
  nothingLeaks(t, answers, stack.log)
})

t.test(
  'a pool whose own pre-sign-up rule refuses a new user does not tell the client so',
  async (t) => {
    const stack = await startStack(t)
    stack.cognito.faults.add({
      operation: 'AdminCreateUser',
      fault: awsFault('UserLambdaValidationException', `PreSignUp failed with error ${LEAK}.`),
    })
    const { status, body } = await stack.start({ email: 'outsider@example.com' })
    t.equal(status, 200)
    t.strictSame(Object.keys(body).toSorted(), ['expiresIn', 'session', 'token', 'url'])
    nothingLeaks(t, [], stack.log)
  },
)

t.test('a Cognito that breaks off, hangs or talks nonsense', async (t) => {
  const stack = await startStack(t, { env: { UPSTREAM_TIMEOUT_MS: '5000' } })
  await stack.signIn({ email })
  const answers: string[] = []
  for (const [name, fault, start, finish] of BROKEN) {
    const { body } = await stack.start({ email })
    stack.cognito.faults.add({ operation: 'InitiateAuth', fault, times: 1 })
    const started = await stack.start({ email })
    t.equal(started.body.code, start, `${name} at start`)
    stack.cognito.faults.add({ operation: 'RespondToAuthChallenge', fault, times: 1 })
    stack.cognitoCalls()
    const finished = await stack.finish({ session: body.session, token: body.token })
    t.equal(finished.body.code, finish, `${name} at finish`)
    t.strictSame(stack.cognitoCalls(), ['RespondToAuthChallenge'], 'never repeated')
    answers.push(JSON.stringify(started.body), JSON.stringify(finished.body))
  }
  nothingLeaks(t, answers, stack.log)
  t.equal((await stack.signIn({ email })).status, 200, 'healthy afterwards')
})

t.test(
  'every Authsignal failure behind the triggers has its documented code and leaks nothing',
  async (t) => {
    const triggerLog: string[] = []
    const stack = await startStack(t, {
      secret: 'tenant-secret',
      onLog: (line) => triggerLog.push(line),
    })
    await stack.signIn({ email })
    const answers: string[] = []
    for (const [name, fault, code] of AUTHSIGNAL_FAILURES) {
      stack.authsignal.faults.add({ operation: 'POST /users/:userId/actions/:action', fault })
      const started = await stack.start({ email })
      t.equal(started.body.code, code, `${name} while tracking`)
      stack.authsignal.faults.clear()

      // Past the stand-in's own rate limits.
      stack.authsignal.clock.advance(11 * 60_000)
      const { body } = await stack.start({ email })
      const token = await stack.user.pass(body.token, email)
      stack.authsignal.faults.add({ operation: 'POST /validate', fault })
      const finished = await stack.finish({ session: body.session, token })
      // A refusal of the token itself is an answer about the proof, not about the service.
      t.equal(
        finished.body.code,
        name === 'bad request' ? 'challenge_failed' : code,
        `${name} while validating`,
      )
      stack.authsignal.faults.clear()
      const { retry: _retry, ...shown } = finished.body
      answers.push(JSON.stringify(started.body), JSON.stringify(shown))
    }
    nothingLeaks(t, answers, [...stack.log, ...triggerLog])
  },
)

function nothingLeaks(t: Test, answers: string[], log: string[]): void {
  const all = [...answers, ...log].join('\n').toLowerCase()
  for (const text of FORBIDDEN) {
    t.notOk(all.includes(text.toLowerCase()), `no "${text}" in an answer or a log line`)
  }
}
