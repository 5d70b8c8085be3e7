import { ServiceError } from '../errors.ts'
import type { PastAction } from '../authsignal/answers.ts'
import { LONGEST_ATTEMPT_MS } from './attempt.ts'
import type { AttemptOf } from './attempt-key.ts'
import type { Caller } from './caller.ts'
import type { AccountDeps } from './deps.ts'
import { isSound } from './sound-proof.ts'

/** The step-up that stands for a recent sign-in. */
const MANAGE_AUTHENTICATORS = 'manageAuthenticators'

/**
 * Makes sure that the user, and not just whoever got hold of a token, was there a moment ago: by the
 * sign-in itself, or by a step-up within it. ASVS 7.5.1: before the ways in are changed.
 * @throws ServiceError `step_up_required`
 */
export async function requireRecentProof(deps: AccountDeps, caller: Caller): Promise<void> {
  const { recentMs } = deps.settings
  const since = deps.now() - recentMs
  if (caller.bearer.authTime * 1000 >= since) return
  if (await hasSteppedUp(deps, caller, since)) return
  throw new ServiceError('step_up_required', { maxAge: recentMs / 1000 })
}

/** Authsignal remembers what was passed and our keys say in which sign-in, so nothing is stored here. */
async function hasSteppedUp(
  { authsignal, attempts }: AccountDeps,
  { bearer, account }: Caller,
  since: number,
): Promise<boolean> {
  const { sub: userId, signInId } = bearer
  const action = MANAGE_AUTHENTICATORS
  const of: AttemptOf = { purpose: 'step-up', userId, action, signInId }
  const [passed, enrolled] = await Promise.all([
    authsignal.actions({
      userId,
      action,
      // Begun earlier than passed.
      since: new Date(since - LONGEST_ATTEMPT_MS),
      state: 'CHALLENGE_SUCCEEDED',
    }),
    authsignal.authenticators(userId),
  ])
  return passed.some((entry) => {
    const { idempotencyKey, state, createdAt = '', authenticatorId, method } = entry
    const isOurs = attempts.startedAt(idempotencyKey, of) !== undefined
    if (!isOurs || state !== 'CHALLENGE_SUCCEEDED' || method === undefined) return false
    const challenge = { method, startedAt: Date.parse(createdAt), authenticatorId }
    return passedAt(entry) >= since && isSound(challenge, account, enrolled)
  })
}

function passedAt({ stateUpdatedAt, createdAt = '' }: PastAction): number {
  return Date.parse(stateUpdatedAt ?? createdAt)
}
