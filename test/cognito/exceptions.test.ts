import { inspect } from 'node:util'
import t from 'tap'
import { failureOf } from '../support/expect-error.ts'
import { ADA, awsError, CALLS, EMAIL, userPoolBefore } from '../support/cognito.ts'

type Wanted = { outcome: string } | { code: string; retryAfter?: number }
interface Row {
  name: string
  message: string
  status?: number
  /** For all operations, or for each by its name. */
  is: Wanted | Record<string, Wanted>
}

const broken: Wanted = { code: 'upstream_error' }
const refused: Wanted = { outcome: 'refused' }
const down: Wanted = { code: 'upstream_unavailable', retryAfter: 5 }
const throttled: Wanted = { code: 'upstream_unavailable', retryAfter: 1 }
const limited: Wanted = { code: 'upstream_unavailable', retryAfter: 60 }
const gone: Wanted = { outcome: 'session_gone' }
const timeout: Wanted = { code: 'upstream_timeout' }
const [begin, answer, create] = ['InitiateAuth', 'RespondToAuthChallenge', 'AdminCreateUser']

/** Only the answer to a challenge says something about the user; elsewhere it is our set-up. */
const refusedAtFinish = { [begin]: broken, [answer]: refused, [create]: broken }
const goneAtFinish = { [begin]: broken, [answer]: gone, [create]: broken }
const stateOfUser = { [begin]: refused, [answer]: refused, [create]: broken }

/** Names, texts and statuses as Cognito sends them. */
const ROWS: Row[] = [
  {
    name: 'NotAuthorizedException',
    message: 'Incorrect username or password.',
    is: refusedAtFinish,
  },
  { name: 'NotAuthorizedException', message: 'User is disabled.', is: stateOfUser },
  {
    name: 'NotAuthorizedException',
    message: 'Invalid session for the user, session can only be used once.',
    is: goneAtFinish,
  },
  {
    name: 'NotAuthorizedException',
    message: 'Invalid session for the user, session is expired.',
    is: goneAtFinish,
  },
  { name: 'NotAuthorizedException', message: 'Invalid session for the user.', is: goneAtFinish },
  {
    name: 'NotAuthorizedException',
    message: 'Unable to verify secret hash for client client1',
    is: broken,
  },
  {
    name: 'NotAuthorizedException',
    message: 'Client client1 is configured with secret but SECRET_HASH was not received',
    is: broken,
  },
  {
    name: 'UserNotFoundException',
    message: 'User does not exist.',
    is: { [begin]: { outcome: 'no_such_user' }, [answer]: refused, [create]: broken },
  },
  {
    name: 'UsernameExistsException',
    message: 'User account already exists',
    is: { [begin]: broken, [answer]: broken, [create]: { outcome: 'exists' } },
  },
  {
    name: 'ResourceNotFoundException',
    message: 'User pool client client1 does not exist.',
    is: broken,
  },
  { name: 'InvalidParameterException', message: 'Missing required parameter', is: broken },
  {
    name: 'InvalidParameterException',
    message: 'Username should be an email.',
    is: { [begin]: broken, [answer]: broken, [create]: { outcome: 'unsupported' } },
  },
  {
    name: 'InvalidPasswordException',
    message: 'Password did not conform with policy: Password not long enough',
    is: broken,
  },
  { name: 'TooManyRequestsException', message: 'Rate exceeded', is: throttled },
  { name: 'TooManyRequestsException', message: 'Too many requests', status: 429, is: throttled },
  { name: 'ThrottlingException', message: 'Rate exceeded', is: throttled },
  {
    name: 'LimitExceededException',
    message: 'Attempt limit exceeded, please try after some time.',
    is: limited,
  },
  { name: 'TooManyFailedAttemptsException', message: 'Too many failed attempts', is: limited },
  { name: 'UserNotConfirmedException', message: 'User is not confirmed.', is: stateOfUser },
  {
    name: 'PasswordResetRequiredException',
    message: 'Password reset required for the user',
    is: stateOfUser,
  },
  {
    name: 'CodeMismatchException',
    message: 'Invalid verification code provided, please try again.',
    is: refusedAtFinish,
  },
  {
    name: 'ExpiredCodeException',
    message: 'Invalid code provided, please request a code again.',
    is: goneAtFinish,
  },
  {
    name: 'ForbiddenException',
    message: 'Request not allowed due to WAF block.',
    status: 403,
    is: broken,
  },
  { name: 'InternalErrorException', message: 'Internal error', status: 500, is: down },
  { name: 'InternalErrorException', message: 'Internal error', is: down },
  { name: 'ServiceUnavailable', message: 'try later', status: 503, is: down },
  {
    name: 'UserLambdaValidationException',
    message: 'CreateAuthChallenge failed with error SIGN_IN_BLOCKED.',
    is: { code: 'sign_in_blocked' },
  },
  {
    name: 'UserLambdaValidationException',
    message: 'CreateAuthChallenge failed with error UPSTREAM_TIMEOUT.',
    is: timeout,
  },
  {
    name: 'UserLambdaValidationException',
    message: 'VerifyAuthChallengeResponse failed with error UPSTREAM_UNAVAILABLE.',
    is: { code: 'upstream_unavailable', retryAfter: 5 },
  },
  {
    name: 'UserLambdaValidationException',
    message: 'DefineAuthChallenge failed with error UPSTREAM_ERROR.',
    is: broken,
  },
  {
    name: 'UserLambdaValidationException',
    message: `CreateAuthChallenge failed with error no such user ${EMAIL}.`,
    is: broken,
  },
  {
    name: 'UserLambdaValidationException',
    message: 'PreSignUp failed with error not invited.',
    is: { [begin]: broken, [answer]: broken, [create]: refused },
  },
  {
    name: 'UnexpectedLambdaException',
    message:
      'CreateAuthChallenge invocation failed due to error Socket timeout while invoking Lambda function.',
    is: timeout,
  },
  {
    name: 'UnexpectedLambdaException',
    message: 'CreateAuthChallenge invocation failed due to error AccessDeniedException.',
    is: broken,
  },
  {
    name: 'UnexpectedLambdaException',
    message: 'null invocation failed due to configuration.',
    is: broken,
  },
  { name: 'InvalidLambdaResponseException', message: 'Unrecognizable lambda output', is: broken },
  {
    name: 'InvalidLambdaResponseException',
    message: 'Invalid lambda function output : Invalid JSON',
    is: broken,
  },
  { name: 'AliasExistsException', message: `An account with ${EMAIL} exists`, is: broken },
  { name: 'SomethingNewException', message: `New in 2030: ${EMAIL}`, is: broken },
  { name: 'constructor', message: 'a name that every object has', is: broken },
  { name: `for ${EMAIL}`, message: 'a name that is none', is: broken },
]

for (const [operation, call] of Object.entries(CALLS)) {
  t.test(`${operation} tells what each exception means, and is never repeated`, async (t) => {
    for (const { name, message, status, is } of ROWS) {
      const label = `${name} ${status ?? 400}: ${message}`
      const { pool, ...server } = await userPoolBefore(t, [awsError(name, message, status)])
      const wanted = operation in is ? (is as Record<string, Wanted>)[operation] : is
      if (wanted && 'outcome' in wanted) {
        t.match(await call(pool), wanted, label)
      } else {
        const error = await failureOf(call(pool))
        t.match(error, { retryAfter: undefined, ...wanted }, label)
        t.match(error.upstream, { service: 'cognito', operation, requestId: 'request-id-1' }, label)
        t.equal(error.upstream?.reason, /^\w+$/.test(name) ? name : 'unknown', label)
        const all = JSON.stringify(ownPropertiesOf(error)) + inspect(error, { depth: 10 })
        for (const secret of [message, EMAIL, ADA, 'AYABe-session', 'an.answer.token']) {
          t.notOk(all.includes(secret), `${label} shows ${secret}`)
        }
      }
      t.strictSame(server.operations(), [operation], label)
    }
  })
}

function ownPropertiesOf(error: Error): unknown[] {
  return Reflect.ownKeys(error).map((key) => [String(key), Reflect.get(error, key)])
}
