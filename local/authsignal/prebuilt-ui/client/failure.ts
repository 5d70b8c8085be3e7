/** A call that got no answer of use, in Authsignal's codes plus some of ours. */
export class ApiFailure extends Error {
  readonly code: string
  readonly status: number

  constructor(code: string, status: number) {
    super(code)
    this.name = 'ApiFailure'
    this.code = code
    this.status = status
  }
}

export type Problem = 'expired' | 'broken' | 'refused' | 'noMethod' | 'unavailable'
export type Complaint =
  | 'tooManyRequests'
  | 'noConnection'
  | 'unavailable'
  | 'invalidInput'
  | 'credentialRefused'
  | 'cancelled'
  | 'alreadyAdded'
  | 'notSupported'

const COMPLAINTS: Readonly<Record<string, Complaint>> = {
  too_many_requests: 'tooManyRequests',
  no_connection: 'noConnection',
  invalid_request: 'invalidInput',
  invalid_credential: 'credentialRefused',
  unknown_credential: 'credentialRefused',
  // What browsers throw when a passkey is asked for (W3C: WebAuthn).
  NotAllowedError: 'cancelled',
  AbortError: 'cancelled',
  InvalidStateError: 'alreadyAdded',
  NotSupportedError: 'notSupported',
  SecurityError: 'notSupported',
}

const PROBLEMS: Readonly<Record<string, Problem>> = {
  expired_token: 'expired',
  unauthorized: 'broken',
  forbidden: 'refused',
  insufficient_scope: 'refused',
  no_method: 'noMethod',
}

/** What the user can do something about, or try once more; undefined when it is the end. */
export function complaintOf(error: unknown): Complaint | undefined {
  if (error instanceof ApiFailure) {
    if (error.code in PROBLEMS) return undefined
    return COMPLAINTS[error.code] ?? 'unavailable'
  }
  return error instanceof DOMException ? COMPLAINTS[error.name] : undefined
}

/** Why the page cannot go on. */
export function problemOf(error: unknown): Problem {
  const code = error instanceof ApiFailure ? error.code : ''
  return PROBLEMS[code] ?? 'unavailable'
}
