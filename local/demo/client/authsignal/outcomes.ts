import { fieldIn, stringIn } from '../json.ts'
import type { SdkAnswer } from './sdk.ts'

export type Failure =
  | { outcome: 'no_connection' }
  | { outcome: 'expired' }
  | { outcome: 'too_many_requests' }
  | { outcome: 'unavailable' }
  /** The account has nothing of the kind. */
  | { outcome: 'not_set_up' }

/** What comes of asking a device for a passkey or key. */
export type DeviceFailure =
  | Failure
  | { outcome: 'cancelled' }
  | { outcome: 'refused' }
  | { outcome: 'already_enrolled' }
  | { outcome: 'unsupported' }

export type Sent = { outcome: 'sent' } | Failure

export type Checked =
  | { outcome: 'verified'; token: string }
  | { outcome: 'wrong_code' }
  | { outcome: 'too_many_attempts' }
  | Failure

export type Confirmed = { outcome: 'verified'; token: string } | DeviceFailure

/** The SDK has no deadline of its own: without one a dead connection would leave the page waiting. */
const TIMEOUT_MS = 30_000

/** One call of the SDK that needs nobody but the network. Never rejects. */
export async function outcomeOf<T>(
  call: () => Promise<SdkAnswer>,
  read: (data: unknown) => T | Failure,
): Promise<T | Failure> {
  try {
    const answer = await withDeadline(call())
    return answer.error === undefined ? read(answer.data) : failureOf(answer.errorCode)
  } catch (error) {
    return thrown(error)
  }
}

/** The SDK rejects with a SyntaxError when an answer came but was not JSON. */
export function thrown(error: unknown): Failure {
  return { outcome: error instanceof SyntaxError ? 'unavailable' : 'no_connection' }
}

/** The SDK ignores the HTTP status, so a crash without an `error` key arrives here looking like data. */
export function readSent(data: unknown): Sent {
  return stringIn(data, 'challengeId') ? { outcome: 'sent' } : { outcome: 'unavailable' }
}

export function readChecked(data: unknown): Checked {
  const isVerified = fieldIn(data, 'isVerified')
  const token = stringIn(data, 'token')
  if (isVerified === true && token) return { outcome: 'verified', token }
  if (isVerified !== false) return { outcome: 'unavailable' }
  const isLast = stringIn(data, 'failureReason') === 'MAX_ATTEMPTS_EXCEEDED'
  return { outcome: isLast ? 'too_many_attempts' : 'wrong_code' }
}

const FAILURES: Readonly<Record<string, Failure>> = {
  expired_token: { outcome: 'expired' },
  token_not_set: { outcome: 'expired' },
  too_many_requests: { outcome: 'too_many_requests' },
  invalid_request: { outcome: 'not_set_up' },
}

export function failureOf(errorCode: string | undefined): Failure {
  const known = errorCode && Object.hasOwn(FAILURES, errorCode) ? FAILURES[errorCode] : undefined
  return known ?? { outcome: 'unavailable' }
}

async function withDeadline<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), TIMEOUT_MS)
  })
  try {
    return await Promise.race([work, deadline])
  } finally {
    clearTimeout(timer)
  }
}
