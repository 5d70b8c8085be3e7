import { randomBytes } from 'node:crypto'

const MARK = 'bff-'
const BYTES = 15

/**
 * Names one attempt of a sign-in, as the idempotency key of its Authsignal action. Random, because
 * Cognito's event has nothing that differs between attempts; marked, so that its proof is known to
 * belong to a session and counts nowhere else.
 */
export function newAttemptName(): string {
  return MARK + randomBytes(BYTES).toString('base64url')
}

/** True for the action of a sign-in that was started, whoever started it. */
export function isAttemptName(idempotencyKey: string): boolean {
  return idempotencyKey.startsWith(MARK)
}
