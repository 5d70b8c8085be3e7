import { ServiceError } from '../errors.ts'
import type { Bearer } from '../tokens/ports.ts'
import type { AccountDeps } from './deps.ts'
import type { Account } from './ports.ts'

/** Who calls, as both the token and Cognito say. */
export interface Caller {
  bearer: Bearer
  account: Account
}

/**
 * The caller of an account endpoint. A token stays readable after it was revoked, so Cognito is asked
 * as well (AWS docs: token-revocation).
 * @throws ServiceError `invalid_token`, `upstream_*`
 */
export async function callerOf(deps: AccountDeps, accessToken: string): Promise<Caller> {
  return look(deps, await deps.verifyAccessToken(accessToken))
}

/**
 * Does something for a caller while nothing else of this kind happens to their account: two that
 * remove a way in must not each count on the other's. The account is looked at when it is their turn.
 * @throws ServiceError as `callerOf`, and what the work throws
 */
export async function asOnlyOne<Result>(
  deps: AccountDeps,
  accessToken: string,
  work: (caller: Caller) => Promise<Result>,
): Promise<Result> {
  const bearer = await deps.verifyAccessToken(accessToken)
  return deps.withLock(bearer.sub, deps.signal, async () => work(await look(deps, bearer)))
}

async function look({ accounts, signal }: AccountDeps, bearer: Bearer): Promise<Caller> {
  const found = await accounts.find(bearer.accessToken, signal)
  if (found.outcome !== 'account') throw new ServiceError('invalid_token')
  return { bearer, account: found.account }
}
