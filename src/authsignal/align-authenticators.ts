import type { EnrolledAuthenticator } from './answers.ts'
import type { AuthsignalClient } from './client.ts'
import { ServiceError } from '../errors.ts'
import { sameAddress, type Address } from '../addresses.ts'

/**
 * Makes Authsignal challenge the addresses Cognito trusts and no others. A user without an
 * authenticator could be enrolled by whoever holds an action token (docs: authenticator-binding);
 * one whose old address is still enrolled could be signed in by its new owner.
 *
 * Only ever before a token leaves: done at verification, it would make an older proof look right.
 * @returns the user's authenticators as they then are
 */
export async function alignAuthenticators(
  authsignal: AuthsignalClient,
  userId: string,
  addresses: readonly Address[],
  enrolled: readonly EnrolledAuthenticator[],
): Promise<readonly EnrolledAuthenticator[]> {
  const stale: EnrolledAuthenticator[] = []
  const missing: Address[] = []
  for (const address of addresses) {
    const ofKind = enrolled.filter(({ method }) => address.provenBy.includes(method))
    // One that somebody began to enrol and never finished is of no use to the user.
    const isFit = (entry: EnrolledAuthenticator) => entry.isVerified && isOf(entry, address)
    stale.push(...ofKind.filter((entry) => !isFit(entry)))
    if (!ofKind.some(isFit)) missing.push(address)
  }
  if (stale.length === 0 && missing.length === 0) return enrolled
  for (const { id } of stale) await authsignal.removeAuthenticator(userId, id)
  for (const { method, value } of missing) await enrolOnce(authsignal, userId, method, value)
  return authsignal.authenticators(userId)
}

/** True when what this authenticator sends goes to the address, so that a passed challenge proves it. */
export function isOf(entry: EnrolledAuthenticator, address: Address): boolean {
  return address.provenBy.includes(entry.method) && sameAddress(entry.address, address.value)
}

async function enrolOnce(
  authsignal: AuthsignalClient,
  userId: string,
  method: Address['method'],
  address: string,
): Promise<void> {
  try {
    await authsignal.enrol(userId, { method, address })
  } catch (error) {
    // A racing start of the same user may have enrolled it first; ask rather than guess.
    if (!(error instanceof ServiceError) || error.code !== 'upstream_error') throw error
    const now = await authsignal.authenticators(userId)
    if (!now.some((entry) => entry.method === method && sameAddress(entry.address, address))) {
      throw error
    }
  }
}
