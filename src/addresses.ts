import type { OtpMethod } from './authsignal/client.ts'
import { addressDigest, type SignInContext } from './trigger-protocol/signed-context.ts'
import type { MacKey } from './trigger-protocol/derived-key.ts'

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

/** Both kinds of address, in Cognito's and Authsignal's words. */
export const ADDRESS_KINDS = [
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

/** Proofs of something the user holds; no address is involved. */
const POSSESSION = new Set(['PASSKEY', 'SECURITY_KEY', 'AUTHENTICATOR_APP', 'PUSH', 'DEVICE'])

/**
 * The addresses a proof of which lets this user in: those Cognito holds as verified. A user with
 * none is new, and the first address is then trusted with the first proof; never a second one,
 * which anybody could have written beside it before the owner came.
 */
export function trustedAddresses(attributes: Record<string, string>): Address[] {
  const all = ADDRESS_KINDS.flatMap(({ attribute, ...kind }) => {
    const value = attributes[attribute]
    const isVerified = isTrue(attributes[kind.verifiedAttribute])
    return value ? [{ ...kind, value, isVerified }] : []
  })
  const verified = all.filter(({ isVerified }) => isVerified)
  return verified.length > 0 ? verified : all.slice(0, 1)
}

/**
 * Of those, the one that was typed, when the service says what that was. Another kind would be a
 * downgrade; another address of the same kind belongs to a sign-in that was meant for somebody else.
 * Undefined when the user does not have what was typed: then no proof counts.
 */
export function addressesInPlay(
  attributes: Record<string, string>,
  context: SignInContext | undefined,
  contextKey: MacKey,
): Address[] | undefined {
  const trusted = trustedAddresses(attributes)
  if (context === undefined || context.identifier === 'username') return trusted
  const typed = trusted.filter(
    ({ kind, value }) =>
      kind === context.identifier && addressDigest(contextKey, value) === context.typed,
  )
  return typed.length > 0 ? typed : undefined
}

/** What was proven: one of these addresses, a possession, or nothing that counts. */
export function provenThing(
  method: string | undefined,
  addresses: readonly Address[],
): Address | 'possession' | undefined {
  if (method === undefined) return undefined
  if (isPossession(method)) return 'possession'
  return addresses.find(({ provenBy }) => provenBy.includes(method))
}

/** Whether passing this method proves something the user holds; false for methods nobody here knows. */
export function isPossession(method: string): boolean {
  return POSSESSION.has(method)
}

/** A flag of Cognito's, kept as it was written: "True" has been seen (aws-amplify/amplify-js#5834). */
export function isTrue(flag: string | undefined): boolean {
  return flag?.toLowerCase() === 'true'
}

/** Same address, whatever its spelling. */
export function sameAddress(a: string | undefined, b: string): boolean {
  return a?.trim().toLowerCase() === b.trim().toLowerCase()
}
