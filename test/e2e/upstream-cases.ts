import type { Fault } from '../../local/index.ts'

/** A text that must not come out again wherever it went in. */
export const LEAK = 'user ada.lovelace@example.com, key sk_live_51secret, token eyJhbGciOi'

export interface Case {
  name: string
  message?: string
  status?: number
  start: string
  finish: string
  create?: string
}

/** Every exception of the API and of its triggers, and the documented code it becomes. */
export const CASES: Case[] = [
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

/** Answers that are none, with the code at start and at finish. */
export const BROKEN: [string, Fault, string, string][] = [
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

const error = (code: string) =>
  JSON.stringify({ error: code, errorCode: code, errorDescription: LEAK })
/** Everything Authsignal may answer, and the code it becomes. */
export const AUTHSIGNAL_FAILURES: [string, Fault, string][] = [
  ['wrong secret', { kind: 'answer', status: 401, body: error('unauthorized') }, 'upstream_error'],
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
