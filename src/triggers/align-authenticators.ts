import type { AuthsignalClient } from '../authsignal/client.ts'
import type { EnrolledAuthenticator } from '../authsignal/answers.ts'
import { SignInError } from '../sign-in/errors.ts'
import { sameAddress, type Address } from './addresses.ts'

/**
 * Makes Authsignal challenge the addresses Cognito trusts and no others. A user without an
 * authenticator could be enrolled by whoever holds an action token (docs: authenticator-binding);
 * one whose old address is still enrolled could be signed in by its new owner.
 */
export async function alignAuthenticators(
  authsignal: AuthsignalClient,
  userId: string,
  addresses: readonly Address[],
  enrolled: readonly EnrolledAuthenticator[],
): Promise<void> {
  for (const address of addresses) {
    const ofKind = enrolled.filter(({ method }) => address.provenBy.includes(method))
    for (const stale of ofKind.filter((entry) => !isProofOf(entry, address))) {
      await authsignal.removeAuthenticator(userId, stale.id)
    }
    if (!ofKind.some((entry) => isProofOf(entry, address))) {
      await enrolOnce(authsignal, userId, address)
    }
  }
}

/** True when a passed challenge of this authenticator proves the address. */
export function isProofOf(entry: EnrolledAuthenticator, address: Address): boolean {
  return entry.isVerified && sameAddress(entry.address, address.value)
}

async function enrolOnce(
  authsignal: AuthsignalClient,
  userId: string,
  { method, value }: Address,
): Promise<void> {
  try {
    await authsignal.enrol(userId, { method, address: value })
  } catch (error) {
    // A racing start of the same user may have enrolled it first; ask rather than guess.
    if (!(error instanceof SignInError) || error.code !== 'upstream_error') throw error
    const now = await authsignal.authenticators(userId)
    if (!now.some((entry) => entry.method === method && sameAddress(entry.address, value))) {
      throw error
    }
  }
}
