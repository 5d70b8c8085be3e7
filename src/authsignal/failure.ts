import type { AuthsignalError } from '@authsignal/node'
import { ServiceError, type ErrorCode } from '../errors.ts'
import { hasEndedByDeadline } from '../upstream/call-signal.ts'
import type { ThrownOutcome } from '../upstream/ports.ts'

const RETRY_AFTER_SECONDS = 5

/**
 * Our own error for whatever the SDK threw. Nothing of the original goes along: its `axiosError`
 * holds the API secret in plain text and in its Basic header, and its message may hold an address.
 */
export function authsignalFailure(operation: string, error: unknown): ServiceError {
  const { code, reason } = classify(error)
  return new ServiceError(code, {
    ...(code === 'upstream_unavailable' ? { retryAfter: RETRY_AFTER_SECONDS } : {}),
    upstream: { service: 'authsignal', operation, reason },
  })
}

/** True when Authsignal looked at a token and would have none of it, as opposed to being down. */
export function isRefusedToken(error: unknown): boolean {
  if (!isOfSdk(error) || error.axiosError === undefined) return false
  const { statusCode, errorCode } = error
  // `unauthorized` is about our secret or region, `invalid_configuration` about the tenant.
  const ourFault = errorCode === 'unauthorized' || errorCode === 'invalid_configuration'
  // Without a code it is some proxy's page, which says nothing about the token.
  const isRefusal = statusCode >= 400 && statusCode < 500 && typeof errorCode === 'string'
  return isRefusal && statusCode !== 429 && !ourFault
}

/** True when Authsignal does not know the user or authenticator; when it says so is not documented. */
export function isUnknown(error: unknown): boolean {
  return isOfSdk(error) && error.statusCode === 404
}

/** True when the call may never have arrived: reset, refused, name not found. Not for time-outs. */
export function isConnectionFailure(error: unknown): boolean {
  if (!isOfSdk(error)) return false
  return error.errorCode === 'unexpected_error' && /ECONN|EPIPE|socket hang up/.test(error.message)
}

const CLIENT_LEFT = 'the client left'

/** The call came to its end before its answer. */
export function tooLate(operation: string, signal: AbortSignal): ServiceError {
  const reason = hasEndedByDeadline(signal) ? 'deadline' : CLIENT_LEFT
  return new ServiceError('upstream_timeout', {
    upstream: { service: 'authsignal', operation, reason },
  })
}

/** What an error that a call threw says of Authsignal itself. */
export function authsignalOutcome(error: unknown): ThrownOutcome {
  if (error instanceof ServiceError) {
    return error.upstream?.reason === CLIENT_LEFT ? 'cancelled' : 'timeout'
  }
  const { code, reason } = classify(error)
  if (code === 'upstream_timeout') return 'timeout'
  if (isOfSdk(error) && error.statusCode === 429) return 'throttled'
  return code === 'upstream_unavailable' || reason === 'unusable' ? 'failed' : 'refused'
}

function classify(error: unknown): { code: ErrorCode; reason: string } {
  if (!isOfSdk(error)) return { code: 'upstream_error', reason: 'unusable' }
  const { statusCode, errorCode, message } = error
  if (errorCode === 'unexpected_error' && /timeout of \d+ms|ETIMEDOUT/.test(message)) {
    return { code: 'upstream_timeout', reason: 'timeout' }
  }
  // Connection errors and empty error bodies both arrive as 500 `unexpected_error`.
  if (statusCode >= 500 || statusCode === 429) {
    return { code: 'upstream_unavailable', reason: named(errorCode, statusCode) }
  }
  return { code: 'upstream_error', reason: named(errorCode, statusCode) }
}

/** A code of the documented form, else the bare status: an HTML error page has no code. */
function named(errorCode: unknown, statusCode: number): string {
  return typeof errorCode === 'string' && /^[\w-]{1,64}$/.test(errorCode)
    ? errorCode
    : `status_${statusCode}`
}

/** By its shape: to ask for the class would be to load the SDK. */
function isOfSdk(error: unknown): error is AuthsignalError {
  return error instanceof Error && error.name === 'AuthsignalError'
}
