import type { Finding } from './audit/findings.ts'

/** The ways a request can fail, as clients see them: stable names, each with one HTTP status. */
export type ErrorCode =
  | 'invalid_request'
  | 'challenge_failed'
  | 'session_expired'
  | 'invalid_token'
  | 'step_up_required'
  | 'sign_in_blocked'
  | 'redirect_url_not_allowed'
  | 'not_found'
  | 'last_authenticator'
  | 'address_in_use'
  | 'idempotency_key_reused'
  | 'too_many_requests'
  | 'upstream_error'
  | 'upstream_unavailable'
  | 'upstream_timeout'

/** Which upstream said no, in words that are safe to log: names and ids, never its message. */
export interface UpstreamFailure {
  service: 'cognito' | 'authsignal' | 'redis' | 'apple' | 'google'
  operation: string
  /** The upstream's own error name or code, such as `NotAuthorizedException`. */
  reason: string
  /** The upstream's request id, for a support case. */
  requestId?: string
}

/** A fresh try after a wrong answer; the same shape as a start. */
export interface Retry {
  session: string
  token?: string
  url?: string
  expiresIn: number
}

/**
 * Why a proof was refused. `unfinished`: the challenge was left before its end and can be gone on
 * with; `refused`: it was failed, or the proof is not of this attempt.
 */
export type RefusalReason = 'unfinished' | 'refused'

interface FailureOptions {
  /** Which body fields are wrong and what to do about it; never their values. */
  errors?: { pointer: string; detail: string }[]
  /** Seconds to wait before the same call makes sense again. */
  retryAfter?: number
  retry?: Retry
  reason?: RefusalReason
  /** For the audit; no client is told. */
  finding?: Finding
  /** Seconds: how old a sign-in or step-up may be for this call. */
  maxAge?: number
  upstream?: UpstreamFailure
}

/**
 * A failure that a client is told about. It has no `cause`: what the AWS and Authsignal SDKs throw
 * carries addresses, and Authsignal's carries the API secret, so neither may travel with it.
 */
export class ServiceError extends Error {
  override readonly name = 'ServiceError'
  readonly code: ErrorCode
  readonly errors: FailureOptions['errors']
  readonly retryAfter: number | undefined
  readonly retry: Retry | undefined
  readonly reason: RefusalReason | undefined
  readonly finding: Finding | undefined
  readonly maxAge: number | undefined
  readonly upstream: UpstreamFailure | undefined

  constructor(code: ErrorCode, options: FailureOptions = {}) {
    super(code)
    this.code = code
    this.errors = options.errors
    this.retryAfter = options.retryAfter
    this.retry = options.retry
    this.reason = options.reason
    this.finding = options.finding
    this.maxAge = options.maxAge
    this.upstream = options.upstream
  }
}
