import t, { type Test } from 'tap'
import { awsFault, type Fault } from '../../local/index.ts'
import { startStack } from '../support/stack.ts'

const email = 'ada.lovelace@example.com'
const LEAK = 'user ada.lovelace@example.com, key sk_live_51secret, token eyJhbGciOi'

/** Texts that must never come out again, wherever they went in. */
const FORBIDDEN = [email, 'sk_live_51secret', 'eyJhbGciOi', 'tenant-secret', 'dGVuYW50LXNlY3JldD']

interface Case {
  name: string
  message?: string
  status?: number
  start: string
  finish: string
  create?: string
}

/** Every exception of the API and of its triggers, and the documented code it becomes. */
const CASES: Case[] = [
  { name: 'NotAuthorizedException', start: 'upstream_error', finish: 'challenge_failed' },
  {
    name: 'NotAuthorizedException',
    message: 'User is disabled.',
    start: '200',
    finish: 'challenge_failed',
  },
  {
    name: 'NotAuthorizedException',
    message: 'Invalid session for the user.',
    start: 'upstream_error',
    finish: 'session_expired',
  },
  {
    name: 'NotAuthorizedException',
    message: 'Invalid session for the user, session is expired.',
    start: 'upstream_error',
    finish: 'session_expired',
  },
  {
    name: 'NotAuthorizedException',
    message: 'Invalid session for the user, session can only be used once.',
    start: 'upstream_error',
    finish: 'session_expired',
  },
  {
    name: 'NotAuthorizedException',
    message: 'SecretHash does not match for the client: abc',
    start: 'upstream_error',
    finish: 'upstream_error',
  },
  {
    name: 'NotAuthorizedException',
    message: 'Unable to verify secret hash for client abc',
    start: 'upstream_error',
    finish: 'upstream_error',
  },
  { name: 'UserNotFoundException', start: '200', finish: 'challenge_failed' },
  { name: 'UserNotConfirmedException', start: '200', finish: 'challenge_failed' },
  { name: 'PasswordResetRequiredException', start: '200', finish: 'challenge_failed' },
  { name: 'CodeMismatchException', start: 'upstream_error', finish: 'challenge_failed' },
  { name: 'ExpiredCodeException', start: 'upstream_error', finish: 'session_expired' },
  { name: 'ResourceNotFoundException', start: 'upstream_error', finish: 'upstream_error' },
  { name: 'InvalidParameterException', start: 'upstream_error', finish: 'upstream_error' },
  { name: 'InvalidPasswordException', start: 'upstream_error', finish: 'upstream_error' },
  { name: 'UsernameExistsException', start: 'upstream_error', finish: 'upstream_error' },
  { name: 'AliasExistsException', start: 'upstream_error', finish: 'upstream_error' },
  {
    name: 'InvalidUserPoolConfigurationException',
    start: 'upstream_error',
    finish: 'upstream_error',
  },
  { name: 'UnsupportedOperationException', start: 'upstream_error', finish: 'upstream_error' },
  { name: 'OperationNotEnabledException', start: 'upstream_error', finish: 'upstream_error' },
  { name: 'FeatureUnavailableInTierException', start: 'upstream_error', finish: 'upstream_error' },
  { name: 'ForbiddenException', start: 'upstream_error', finish: 'upstream_error' },
  {
    name: 'TooManyRequestsException',
    start: 'upstream_unavailable',
    finish: 'upstream_unavailable',
  },
  { name: 'LimitExceededException', start: 'upstream_unavailable', finish: 'upstream_unavailable' },
  {
    name: 'TooManyFailedAttemptsException',
    start: 'upstream_unavailable',
    finish: 'upstream_unavailable',
  },
  { name: 'InternalErrorException', start: 'upstream_unavailable', finish: 'upstream_unavailable' },
  {
    name: 'InternalErrorException',
    status: 400,
    start: 'upstream_unavailable',
    finish: 'upstream_unavailable',
  },
  { name: 'UserLambdaValidationException', start: 'upstream_error', finish: 'upstream_error' },
  {
    name: 'UserLambdaValidationException',
    message: 'CreateAuthChallenge failed with error SIGN_IN_BLOCKED.',
    start: 'sign_in_blocked',
    finish: 'sign_in_blocked',
  },
  {
    name: 'UserLambdaValidationException',
    message: 'CreateAuthChallenge failed with error UPSTREAM_TIMEOUT.',
    start: 'upstream_timeout',
    finish: 'upstream_timeout',
  },
  { name: 'UnexpectedLambdaException', start: 'upstream_error', finish: 'upstream_error' },
  {
    name: 'UnexpectedLambdaException',
    message:
      'VerifyAuthChallengeResponse invocation failed due to error Socket timeout while invoking Lambda function.',
    start: 'upstream_timeout',
    finish: 'upstream_timeout',
  },
  {
    name: 'UnexpectedLambdaException',
    message: 'CreateAuthChallenge invocation failed due to error AccessDeniedException.',
    start: 'upstream_error',
    finish: 'upstream_error',
  },
  {
    name: 'InvalidLambdaResponseException',
    message: 'Unrecognizable lambda output',
    start: 'upstream_error',
    finish: 'upstream_error',
  },
  { name: 'SomethingNobodyHasSeen', start: 'upstream_error', finish: 'upstream_error' },
]

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
    const stack = await startStack(t)
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

const BROKEN: [string, Fault, string, string][] = [
  ['reset', { kind: 'reset' }, 'upstream_unavailable', 'upstream_unavailable'],
  ['truncated', { kind: 'truncate' }, 'upstream_error', 'upstream_error'],
  [
    'HTML 500',
    { kind: 'answer', status: 500, body: `<h1>${LEAK}</h1>`, contentType: 'text/html' },
    'upstream_unavailable',
    'upstream_unavailable',
  ],
  [
    'HTML 403',
    { kind: 'answer', status: 403, body: `<h1>${LEAK}</h1>`, contentType: 'text/html' },
    'upstream_error',
    'upstream_error',
  ],
  [
    'garbage 200',
    { kind: 'answer', status: 200, body: '{"x":1}' },
    'upstream_error',
    'upstream_error',
  ],
  ['hang', { kind: 'hang' }, 'upstream_timeout', 'upstream_timeout'],
  ['lost answer', { kind: 'reset', when: 'after' }, 'upstream_unavailable', 'upstream_unavailable'],
]

t.test('a Cognito that breaks off, hangs or talks nonsense', async (t) => {
  const stack = await startStack(t, { env: { UPSTREAM_TIMEOUT_MS: '1500' } })
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
    const error = (code: string) =>
      JSON.stringify({ error: code, errorCode: code, errorDescription: LEAK })
    const failures: [string, Fault, string][] = [
      [
        'wrong secret',
        { kind: 'answer', status: 401, body: error('unauthorized') },
        'upstream_error',
      ],
      [
        'bad request',
        { kind: 'answer', status: 400, body: error('invalid_request') },
        'upstream_error',
      ],
      [
        'bad tenant',
        { kind: 'answer', status: 400, body: error('invalid_configuration') },
        'upstream_error',
      ],
      [
        'rate limit',
        { kind: 'answer', status: 429, body: error('too_many_requests') },
        'upstream_unavailable',
      ],
      [
        'HTML 502',
        { kind: 'answer', status: 502, body: `<p>${LEAK}`, contentType: 'text/html' },
        'upstream_unavailable',
      ],
      ['bare 401', { kind: 'answer', status: 401, body: '' }, 'upstream_unavailable'],
      ['bare 500', { kind: 'answer', status: 500, body: '' }, 'upstream_unavailable'],
      [
        'HTML 200',
        { kind: 'answer', status: 200, body: `<p>${LEAK}`, contentType: 'text/html' },
        'upstream_error',
      ],
      ['reset', { kind: 'reset' }, 'upstream_unavailable'],
      ['hang', { kind: 'hang' }, 'upstream_timeout'],
    ]
    const answers: string[] = []
    for (const [name, fault, code] of failures) {
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
