import { isPossession, type Address } from '../addresses.ts'
import { isOf } from '../authsignal/align-authenticators.ts'
import type { EnrolledAuthenticator } from '../authsignal/answers.ts'
import type { MacKey } from '../trigger-protocol/derived-key.ts'
import { addressDigest } from '../trigger-protocol/signed-context.ts'

/** What create notes for verify of the authenticators the user has when the token leaves. */
export interface AuthenticatorNotes {
  /** Ids of those that can prove something; one that came later proves nothing. */
  authenticators: string
  /**
   * Which address each is of, for verify to know without asking again. Only for a user who had them
   * all before and can prove nothing else: a possession that is removed meanwhile proves nothing.
   */
  addresses?: string
}

export function noteAuthenticators(
  key: MacKey,
  enrolled: readonly EnrolledAuthenticator[],
  addresses: readonly Address[],
  { isNewcomer }: { isNewcomer: boolean },
): AuthenticatorNotes {
  const addressesOf = (entry: EnrolledAuthenticator) =>
    addresses.filter((address) => isOf(entry, address))
  // What was enrolled just now need not say that it is verified: only its address counts.
  const isUsable = (entry: EnrolledAuthenticator) =>
    entry.isVerified || addressesOf(entry).length > 0
  const authenticators = enrolled.filter(isUsable).map(({ id }) => id)
  if (isNewcomer || enrolled.some(({ method }) => isPossession(method))) {
    return { authenticators: authenticators.join(' ') }
  }
  const notes = enrolled.flatMap((entry) =>
    addressesOf(entry).map(({ value }) => note(key, entry.id, value)),
  )
  return { authenticators: authenticators.join(' '), addresses: notes.join(' ') }
}

/** Whether the authenticator was of this address, in whatever spelling, when the token left. */
export function isNotedFor(
  key: MacKey,
  { addresses = '' }: Partial<AuthenticatorNotes>,
  id: string,
  address: string,
): boolean {
  return addresses.split(' ').includes(note(key, id, address))
}

/** A digest: what Cognito keeps of a challenge holds no address it would not hold anyway. */
function note(key: MacKey, id: string, address: string): string {
  return `${id}:${addressDigest(key, address)}`
}
