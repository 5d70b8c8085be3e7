import { ServiceError } from '../errors.ts'
import type { AccountDeps } from './deps.ts'
import type { Caller } from './caller.ts'
import { requireRecentProof } from './recent-proof.ts'

/**
 * Deletes the user from Authsignal and Cognito. Authsignal comes first: a user left over in Cognito
 * can sign in and repeat the call, one left over in Authsignal could never be reached again.
 *
 * May be repeated until it succeeds, with the token of a user who is gone as well.
 * @throws ServiceError `invalid_token`, `step_up_required`, `upstream_*`
 */
export async function deleteAccount(deps: AccountDeps, accessToken: string): Promise<void> {
  const { accounts, authsignal, signal } = deps
  const bearer = await deps.verifyAccessToken(accessToken)
  const found = await accounts.find(accessToken, signal)
  if (found.outcome === 'refused') throw new ServiceError('invalid_token')
  // Whoever is gone from Cognito has nothing left to protect.
  if (found.outcome === 'account') {
    await requireProofOrRepeat(deps, { bearer, account: found.account })
  }
  await authsignal.deleteUser(bearer.sub)
  if (found.outcome === 'account') {
    const outcome = await accounts.delete(accessToken, signal)
    if (outcome === 'refused') throw new ServiceError('invalid_token')
    // A start of anybody's between the two has made Authsignal's user anew.
    await authsignal.deleteUser(bearer.sub)
  }
  await deps.refreshes.forget({ sub: bearer.sub })
}

/**
 * The step-up that allowed a deletion goes with Authsignal's user, so where Cognito fails afterwards
 * the repeat finds none. It is let through while Authsignal knows nothing of the user: what is left is
 * Cognito's part, and Cognito itself deletes it for the token alone (AWS docs: API_DeleteUser).
 */
async function requireProofOrRepeat(deps: AccountDeps, caller: Caller): Promise<void> {
  try {
    await requireRecentProof(deps, caller)
  } catch (error) {
    const isMissing = error instanceof ServiceError && error.code === 'step_up_required'
    if (!isMissing || (await isKnown(deps, caller))) throw error
  }
}

/** Every sign-in tracks the username, so whoever has none was never there or is deleted. */
async function isKnown({ authsignal }: AccountDeps, { bearer }: Caller): Promise<boolean> {
  const [user, enrolled] = await Promise.all([
    authsignal.user(bearer.sub),
    authsignal.authenticators(bearer.sub),
  ])
  return user.username !== undefined || enrolled.length > 0
}
