import { ServiceError } from '../errors.ts'
import type { TrackedAction } from '../authsignal/answers.ts'
import type { Connection } from '../sign-in/client-context.ts'
import { refused } from '../sign-in/earlier-proof.ts'
import { checkRedirectUrl } from '../sign-in/redirect-url.ts'
import { trustedAddresses, type Address } from '../addresses.ts'
import { alignAuthenticators } from '../authsignal/align-authenticators.ts'
import { isBlocked } from '../trigger-protocol/states.ts'
import { callerOf, type Caller } from './caller.ts'
import { readCustom, type Custom } from './custom.ts'
import type { AccountDeps } from './deps.ts'
import { stepUpAction } from './step-up-action.ts'

export interface StartStepUpInput extends Connection {
  action: string
  redirectUrl?: string
  /** Data points for the tenant's rules; said by the client, not checked. */
  custom?: unknown
}

export interface StartedStepUp {
  /** `ALLOW` or `CHALLENGE_REQUIRED`. */
  state: string
  /** Names the attempt: the same at finish. */
  attempt: string
  token?: string
  url?: string
}

/**
 * Asks whether the user has to prove who they are before an action, and how.
 * @throws ServiceError `invalid_request`, `redirect_url_not_allowed`, `sign_in_blocked`,
 *   `invalid_token`, `upstream_*`
 */
export async function startStepUp(
  deps: AccountDeps,
  accessToken: string,
  { action: given, custom, redirectUrl, ...connection }: StartStepUpInput,
): Promise<StartedStepUp> {
  const action = stepUpAction(deps.settings, given)
  const said = {
    ...connection,
    ...(custom === undefined ? {} : { custom: readCustom(custom) }),
    ...(redirectUrl === undefined ? {} : { redirectUrl }),
  }
  checkRedirectUrl(redirectUrl, deps.settings.allowedRedirectUrls)
  const caller = await callerOf(deps, accessToken)
  const { attempt, tracked } = await trackEnrolled(deps, caller, action, said)
  const { state, token, url } = tracked
  if (state === 'ALLOW') return { state, attempt }
  if (state === 'CHALLENGE_REQUIRED') return { state, attempt, token, url }
  throw refused('unknown_state')
}

interface Tracked {
  attempt: string
  tracked: TrackedAction
}
type Said = Connection & { custom?: Custom; redirectUrl?: string }

/**
 * Tracks the action of a user who has an authenticator. Without one, Authsignal allows everything
 * whatever the rules say (docs: faqs), and a token would enrol whoever holds it.
 */
async function trackEnrolled(
  deps: AccountDeps,
  caller: Caller,
  action: string,
  said: Said,
): Promise<Tracked> {
  const trusted = trustedAddresses(caller.account.attributes)
  const verified = trusted.filter(({ isVerified }) => isVerified)
  const first = await track(deps, caller, { action, said, verified })
  if (first.tracked.isEnrolled) return first

  if (verified.length === 0) throw new ServiceError('sign_in_blocked')
  const { authsignal } = deps
  const { sub } = caller.bearer
  await alignAuthenticators(authsignal, sub, verified, await authsignal.authenticators(sub))
  // Anew: the action of before was decided for a user without authenticators.
  const second = await track(deps, caller, { action, said, verified })
  if (!second.tracked.isEnrolled) throw new ServiceError('sign_in_blocked')
  return second
}

async function track(
  { authsignal, attempts }: AccountDeps,
  { bearer: { sub: userId, username, signInId } }: Caller,
  { action, said, verified }: { action: string; said: Said; verified: readonly Address[] },
): Promise<Tracked> {
  const attempt = attempts.issue({ purpose: 'step-up', userId, action, signInId })
  const destinations = Object.fromEntries(verified.map(({ kind, value }) => [kind, value]))
  const tracked = await authsignal.track({
    userId,
    action,
    idempotencyKey: attempt,
    attributes: { ...said, username, ...destinations },
  })
  if (isBlocked(tracked.state)) throw new ServiceError('sign_in_blocked')
  return { attempt, tracked }
}
