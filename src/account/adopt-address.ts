import type { EnrolledAuthenticator } from '../authsignal/answers.ts'
import { ServiceError } from '../errors.ts'
import { refused } from '../sign-in/earlier-proof.ts'
import { parseIdentifier } from '../sign-in/identifier.ts'
import { sameAddress, trustedAddresses } from '../addresses.ts'
import type { Caller } from './caller.ts'
import type { AccountDeps } from './deps.ts'
import type { AddressAttribute } from './ports.ts'
import { kindProvenBy } from './sound-proof.ts'

/**
 * Makes a proven address the user's in Cognito, and takes the ways in by an address that it replaces
 * away. Does nothing for an authenticator that has no address.
 * @throws ServiceError `address_in_use` when it is another user's; the authenticator is then removed
 *   again, so that nothing is half done
 */
export async function adoptAddress(
  deps: AccountDeps,
  caller: Caller,
  added: EnrolledAuthenticator,
  enrolled: readonly EnrolledAuthenticator[],
): Promise<void> {
  const kind = kindProvenBy(added.method)
  if (kind === undefined) return
  const address = { name: kind.attribute, value: spelling(kind.kind, added.address) }
  const { attributes } = caller.account
  const isTheirs = sameAddress(attributes[kind.attribute], address.value)
  const isVerified = trustedAddresses(attributes).some(
    (known) => known.kind === kind.kind && known.isVerified,
  )
  if (!isTheirs || !isVerified) {
    const outcome = await claim(deps, caller, address)
    // One that is the user's own in Cognito stays, unverified: the triggers would enrol it again.
    if (outcome === 'taken' && !isTheirs) await remove(deps, caller, [added])
    if (outcome === 'taken') throw new ServiceError('address_in_use')
  }
  // Else the old address would stay a way in, and a proof of it could bring it back.
  const replaced = enrolled.filter(
    (entry) =>
      kindProvenBy(entry.method) === kind &&
      entry.address !== undefined &&
      !sameAddress(entry.address, address.value),
  )
  await remove(deps, caller, replaced)
}

/** The one spelling that sign-ins are looked up by. */
function spelling(kind: 'email' | 'phoneNumber', address = ''): string {
  try {
    return parseIdentifier({ [kind]: address }).value
  } catch {
    // Enrolled although nobody could sign in with it.
    throw refused('unusable_address')
  }
}

async function claim(
  { accounts, signal }: AccountDeps,
  { bearer: { sub, username } }: Caller,
  address: AddressAttribute,
): Promise<'done' | 'taken'> {
  // In an alias pool, verifying an address silently takes it from the user who holds it
  // (boto/boto3#3213). Where the username is the `sub`, the pool itself keeps addresses apart.
  if (username !== sub && (await accounts.isHeldByAnother(address, sub, signal))) return 'taken'
  const outcome = await accounts.setVerifiedAddress(username, address, signal)
  if (outcome === 'gone') throw new ServiceError('invalid_token')
  return outcome
}

async function remove(
  { authsignal }: AccountDeps,
  { bearer }: Caller,
  entries: readonly EnrolledAuthenticator[],
): Promise<void> {
  for (const { id } of entries) await authsignal.removeAuthenticator(bearer.sub, id)
}
