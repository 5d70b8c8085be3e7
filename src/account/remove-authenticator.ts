import type { EnrolledAuthenticator } from '../authsignal/answers.ts'
import { ServiceError } from '../errors.ts'
import { isPossession, trustedAddresses, type Address } from '../addresses.ts'
import { isOf } from '../authsignal/align-authenticators.ts'
import { asOnlyOne, type Caller } from './caller.ts'
import type { AccountDeps } from './deps.ts'
import { requireRecentProof } from './recent-proof.ts'

/**
 * Removes one of the user's ways in, never the last, and never the last address they are found by.
 * With the last authenticator of an address the address goes: Cognito no longer holds it as verified,
 * else the next start of anybody would enrol it again. One address may have several authenticators
 * (SMS and WhatsApp); while another is left, it stays a way in and is not enrolled again either.
 *
 * May be repeated until it succeeds: the authenticator that was asked for goes last.
 * @throws ServiceError `not_found`, `last_authenticator`, `step_up_required`, `invalid_token`,
 *   `upstream_*`
 */
export async function removeAuthenticator(
  deps: AccountDeps,
  accessToken: string,
  authenticatorId: string,
): Promise<void> {
  await asOnlyOne(deps, accessToken, async (caller) => {
    await requireRecentProof(deps, caller)
    const { sub } = caller.bearer
    const enrolled = await deps.authsignal.authenticators(sub)
    const found = enrolled.find(({ id }) => id === authenticatorId)
    if (found === undefined) throw new ServiceError('not_found')

    const trusted = trustedAddresses(caller.account.attributes)
    const others = enrolled.filter(({ id }) => id !== authenticatorId)
    const going = [found]
    if (isWayIn(found, trusted)) {
      if (!others.some((entry) => isWayIn(entry, trusted))) throw lastOne()
      const address = trusted.find((known) => isOf(found, known))
      const siblings = others.filter((entry) => address !== undefined && isOf(entry, address))
      if (address !== undefined && !siblings.some(({ isVerified }) => isVerified)) {
        if (trusted.length === 1) throw lastOne()
        await giveUp(deps, caller, address)
        going.unshift(...siblings)
      }
    }
    for (const { id } of going) await deps.authsignal.removeAuthenticator(sub, id)
  })
}

/** Whether a sign-in takes a proof by it: not by recovery codes, nor by an address given up since. */
function isWayIn(entry: EnrolledAuthenticator, trusted: readonly Address[]): boolean {
  const counts = isPossession(entry.method) || trusted.some((address) => isOf(entry, address))
  return entry.isVerified && counts
}

async function giveUp(
  { accounts, signal }: AccountDeps,
  { bearer }: Caller,
  { kind }: Address,
): Promise<void> {
  const name = kind === 'email' ? 'email' : 'phone_number'
  const outcome = await accounts.setUnverified(bearer.username, name, signal)
  if (outcome === 'gone') throw new ServiceError('invalid_token')
}

function lastOne(): ServiceError {
  return new ServiceError('last_authenticator')
}
