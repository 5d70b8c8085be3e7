import { describe, type Authenticator } from './authenticator.ts'
import { callerOf } from './caller.ts'
import type { AccountDeps } from './deps.ts'

/**
 * The user's ways in. One that is not verified is an enrolment that nobody has finished.
 * @throws ServiceError `invalid_token`, `upstream_*`
 */
export async function listAuthenticators(
  deps: AccountDeps,
  accessToken: string,
): Promise<{ authenticators: Authenticator[] }> {
  const { bearer } = await callerOf(deps, accessToken)
  const enrolled = await deps.authsignal.authenticators(bearer.sub)
  return { authenticators: enrolled.filter(({ isVerified }) => isVerified).map(describe) }
}
