import type { ErrorCode } from '../errors.ts'

export type ProblemCode =
  | ErrorCode
  | 'method_not_allowed'
  | 'payload_too_large'
  | 'unsupported_media_type'
  | 'internal_error'

interface ProblemKind {
  status: number
  title: string
  /** One sentence that says what to do next. */
  detail: string
}

/**
 * Every error there is: the only place that knows HTTP statuses and public texts. `docs/errors.md`
 * is generated from it.
 */
export const PROBLEMS: Readonly<Record<ProblemCode, ProblemKind>> = {
  invalid_request: {
    status: 400,
    title: 'The request is not valid',
    detail: 'Correct the fields named in errors and send the request again.',
  },
  challenge_failed: {
    status: 401,
    title: 'The proof was refused',
    detail: 'Go on with the session in retry if there is one; otherwise start again.',
  },
  session_expired: {
    status: 401,
    title: 'The sign-in session is over',
    detail: 'The session has expired, was used before or is not ours. Start the sign-in again.',
  },
  invalid_token: {
    status: 401,
    title: 'The token is not valid',
    detail: 'Refresh the tokens; if that is refused too, start a sign-in.',
  },
  step_up_required: {
    status: 401,
    title: 'A fresh proof is required',
    detail:
      'Finish a step-up of the action manageAuthenticators, or sign in again, then repeat the call.',
  },
  sign_in_blocked: {
    status: 403,
    title: 'The sign-in was blocked',
    detail: 'A rule blocked this sign-in or holds it for review. Contact support.',
  },
  redirect_url_not_allowed: {
    status: 403,
    title: 'The redirect URL is not allowed',
    detail: 'Use a redirectUrl that the operator has put on the allow list.',
  },
  not_found: {
    status: 404,
    title: 'There is nothing here',
    detail: 'Check the path against the API description.',
  },
  method_not_allowed: {
    status: 405,
    title: 'The method is not allowed here',
    detail: 'Use one of the methods in the Allow header.',
  },
  last_authenticator: {
    status: 409,
    title: 'This is the last way in',
    detail: 'Add another way in before you remove this one. The last address can only be replaced.',
  },
  address_in_use: {
    status: 409,
    title: 'The address belongs to another account',
    detail: 'Use another address, or sign in with this one.',
  },
  payload_too_large: {
    status: 413,
    title: 'The body is too large',
    detail: 'Send at most 16 KiB.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'The content type is not supported',
    detail: 'Send JSON with the content type application/json.',
  },
  idempotency_key_reused: {
    status: 422,
    title: 'The idempotency key was used for another request',
    detail: 'Send a new Idempotency-Key with each new request; repeat one only with the same body.',
  },
  too_many_requests: {
    status: 429,
    title: 'Too many requests',
    detail: 'Try again after the time in retryAfter.',
  },
  internal_error: {
    status: 500,
    title: 'Something went wrong',
    detail: 'Try again; if it happens again, report the requestId.',
  },
  upstream_error: {
    status: 502,
    title: 'An upstream gave an unusable answer',
    detail: 'The operator has to look at the log under the requestId.',
  },
  upstream_unavailable: {
    status: 503,
    title: 'An upstream is not available',
    detail: 'Try again after the time in retryAfter.',
  },
  upstream_timeout: {
    status: 504,
    title: 'An upstream did not answer in time',
    detail: 'Try again; a sign-in has to be started anew.',
  },
}
