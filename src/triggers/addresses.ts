import type { OtpMethod } from '../authsignal/client.ts'

/** An address by which a user can be challenged, with Cognito's and Authsignal's words for it. */
export interface Address {
  kind: 'email' | 'phoneNumber'
  value: string
  isVerified: boolean
  /** What we enrol it as. */
  method: OtpMethod
  /** What proves it. */
  provenBy: readonly string[]
  verifiedAttribute: 'email_verified' | 'phone_number_verified'
}

const KINDS = [
  {
    kind: 'email',
    attribute: 'email',
    method: 'EMAIL_OTP',
    provenBy: ['EMAIL_OTP', 'EMAIL_MAGIC_LINK'],
    verifiedAttribute: 'email_verified',
  },
  {
    kind: 'phoneNumber',
    attribute: 'phone_number',
    method: 'SMS',
    provenBy: ['SMS', 'WHATSAPP'],
    verifiedAttribute: 'phone_number_verified',
  },
] as const

/** Proofs of something the user holds, bound to the user when it was enrolled; no address is involved. */
const POSSESSION = ['PASSKEY', 'SECURITY_KEY', 'AUTHENTICATOR_APP', 'PUSH', 'DEVICE']

/**
 * The addresses a proof of which lets this user in: those Cognito holds as verified. A user with
 * none is new, and the first address is then trusted with the first proof; never a second one,
 * which anybody could have written beside it before the owner came.
 */
export function trustedAddresses(attributes: Record<string, string>): Address[] {
  const all = KINDS.flatMap(({ attribute, ...kind }) => {
    const value = attributes[attribute]
    // Kept as it was written: "True" has been seen (aws-amplify/amplify-js#5834).
    const isVerified = attributes[kind.verifiedAttribute]?.toLowerCase() === 'true'
    return value ? [{ ...kind, value, isVerified }] : []
  })
  const verified = all.filter(({ isVerified }) => isVerified)
  return verified.length > 0 ? verified : all.slice(0, 1)
}

/**
 * The methods that may prove this sign-in. When the service says what was typed, a proof of the
 * other kind of address is a downgrade and does not count.
 */
export function acceptedMethods(
  addresses: readonly Address[],
  asked: 'email' | 'phoneNumber' | 'username' | undefined,
): Set<string> {
  const counted = addresses.filter(
    ({ kind }) => asked === undefined || asked === 'username' || asked === kind,
  )
  return new Set([...POSSESSION, ...counted.flatMap(({ provenBy }) => provenBy)])
}

/** Same address, whatever its spelling. */
export function sameAddress(a: string | undefined, b: string): boolean {
  return a?.trim().toLowerCase() === b.trim().toLowerCase()
}
