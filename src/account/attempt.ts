import type { EnrolledAuthenticator } from '../authsignal/answers.ts'
import { ServiceError } from '../errors.ts'
import { refused } from '../sign-in/earlier-proof.ts'
import { isBlocked } from '../trigger-protocol/states.ts'
import type { AttemptOf } from './attempt-key.ts'
import type { AccountDeps } from './deps.ts'
import type { PassedChallenge } from './sound-proof.ts'

/** Longer than a token of Authsignal's lives, shorter than the ledger remembers that it was used. */
export const LONGEST_ATTEMPT_MS = 30 * 60_000

/** An attempt of ours that the user has passed. */
export interface PassedAttempt extends PassedChallenge {
  /** Its idempotency key. */
  attempt: string
  state: string
  /** The user's authenticators as they are now. */
  enrolled: readonly EnrolledAuthenticator[]
}

/**
 * What a validation token proves of an attempt.
 * @throws ServiceError `challenge_failed` unless it is of such an attempt and that was passed,
 *   `sign_in_blocked`, `upstream_*`
 */
export async function passedAttempt(
  { authsignal, attempts, now }: AccountDeps,
  token: string,
  of: AttemptOf,
): Promise<PassedAttempt> {
  const { userId, action } = of
  const since = new Date(now() - LONGEST_ATTEMPT_MS)
  const [proof, enrolled, actions] = await Promise.all([
    authsignal.validate({ token, userId, action }),
    authsignal.authenticators(userId),
    authsignal.actions({ userId, action, since }),
  ])
  const { idempotencyKey, state, method } = proof
  const startedAt = attempts.startedAt(idempotencyKey, of)
  // The guards sent along are optional at Authsignal, so all of it is compared here.
  const isTheirs = proof.userId === userId && proof.action === action
  if (!isTheirs || idempotencyKey === undefined || startedAt === undefined)
    throw refused('another_attempt')
  if (now() - startedAt > LONGEST_ATTEMPT_MS) throw refused('too_old')
  if (isBlocked(state)) throw new ServiceError('sign_in_blocked')
  if (state === 'CHALLENGE_REQUIRED') throw refused('not_passed', 'unfinished')
  // Both: ALLOW says that no challenge was needed, which proves nobody.
  if (!proof.isValid || state !== 'CHALLENGE_SUCCEEDED' || method === undefined)
    throw refused('not_passed')

  const record = actions.find((entry) => entry.idempotencyKey === idempotencyKey)
  return {
    attempt: idempotencyKey,
    state,
    method,
    // Not the time in the key, which is by our clock: the authenticators' times are by Authsignal's.
    startedAt: record?.createdAt === undefined ? undefined : Date.parse(record.createdAt),
    authenticatorId: record?.authenticatorId,
    enrolled,
  }
}
