import { refused } from '../sign-in/earlier-proof.ts'
import { passedAttempt } from './attempt.ts'
import { callerOf } from './caller.ts'
import type { AccountDeps } from './deps.ts'
import { isSound } from './sound-proof.ts'
import { stepUpAction } from './step-up-action.ts'

export interface FinishedStepUp {
  state: string
  verificationMethod: string
  /** As at start: whoever enforces the step-up compares the two. */
  attempt: string
}

/**
 * Says whether the user has passed the step-up. Each proof counts once.
 * @throws ServiceError `challenge_failed`, `sign_in_blocked`, `invalid_request`, `invalid_token`,
 *   `upstream_*`
 */
export async function finishStepUp(
  deps: AccountDeps,
  accessToken: string,
  { action: given, token }: { action: string; token: string },
): Promise<FinishedStepUp> {
  const action = stepUpAction(deps.settings, given)
  const { bearer, account } = await callerOf(deps, accessToken)
  const { sub: userId, signInId } = bearer
  const passed = await passedAttempt(deps, token, {
    purpose: 'step-up',
    userId,
    action,
    signInId,
  })
  if (!isSound(passed, account, passed.enrolled)) throw refused('unsound_authenticator')
  const { attempt, state, method } = passed
  // As late as can be: what fails before this may be tried again with the same proof.
  if (!(await deps.ledger.claim(`step-up ${userId} ${attempt}`))) throw refused('used_before')
  return { state, verificationMethod: method, attempt }
}
