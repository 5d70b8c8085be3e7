import { AuthsignalError } from '@authsignal/node'
import { ServiceError, type ErrorCode } from '../errors.ts'

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
  if (!(error instanceof AuthsignalError) || error.axiosError === undefined) return false
  const { statusCode, errorCode } = error
  // `unauthorized` is about our secret or region, `invalid_configuration` about the tenant.
  const ourFault = errorCode === 'unauthorized' || errorCode === 'invalid_configuration'
  // Without a code it is some proxy's page, which says nothing about the token.
  const isRefusal = statusCode >= 400 && statusCode < 500 && typeof errorCode === 'string'
  return isRefusal && statusCode !== 429 && !ourFault
}

/** True when Authsignal does not know the user or authenticator; when it says so is not documented. */
export function isUnknown(error: unknown): boolean {
  return error instanceof AuthsignalError && error.statusCode === 404
}

/** True when the call may never have arrived: reset, refused, name not found. Not for time-outs. */
export function isConnectionFailure(error: unknown): boolean {
  if (!(error instanceof AuthsignalError)) return false
  return error.errorCode === 'unexpected_error' && /ECONN|EPIPE|socket hang up/.test(error.message)
}

function classify(error: unknown): { code: ErrorCode; reason: string } {
  if (error instanceof DeadlineExceeded) return { code: 'upstream_timeout', reason: 'deadline' }
  if (!(error instanceof AuthsignalError)) return { code: 'upstream_error', reason: 'unusable' }
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

export class DeadlineExceeded extends Error {
  override readonly name = 'DeadlineExceeded'
}
