import type { EnrolledAuthenticator } from '../authsignal/answers.ts'
import { ADDRESS_KINDS, isPossession, trustedAddresses } from '../addresses.ts'
import { isOf } from '../authsignal/align-authenticators.ts'
import type { Account } from './ports.ts'

/** A challenge that Authsignal says was passed. */
export interface PassedChallenge {
  method: string
  /** When its action began by Authsignal's clock, in ms since the epoch, where Authsignal says. */
  startedAt: number | undefined
  /** The authenticator that passed it, where Authsignal says. */
  authenticatorId: string | undefined
}

/**
 * Whether the user has passed it with something of theirs. An address counts if Cognito holds it now:
 * an old mailbox may have a new owner. A possession counts if it was there before the challenge began:
 * whoever holds the token of one may be able to enrol something of their own and pass with that
 * (docs: authenticator-binding). Nothing else counts, as at sign-in.
 */
export function isSound(
  passed: PassedChallenge,
  { attributes }: Account,
  enrolled: readonly EnrolledAuthenticator[],
): boolean {
  const { method, authenticatorId } = passed
  // Not every answer says which one it was; then it may have been any.
  const candidates = enrolled.filter(
    ({ id }) => authenticatorId === undefined || id === authenticatorId,
  )
  if (isPossession(method)) return isOfBefore(passed, candidates)
  const address = trustedAddresses(attributes).find(({ provenBy }) => provenBy.includes(method))
  if (address === undefined) return false
  const ofKind = candidates.filter((entry) => address.provenBy.includes(entry.method))
  return ofKind.length > 0 && ofKind.every((entry) => isOf(entry, address))
}

function isOfBefore(
  { method, startedAt }: PassedChallenge,
  candidates: readonly EnrolledAuthenticator[],
): boolean {
  // An enrolment that was begun and left can have passed nothing; it must not lock its user out.
  const ofMethod = candidates.filter((entry) => entry.method === method && entry.isVerified)
  // Without its start by the clock that the authenticators go by, there is nothing to compare.
  if (startedAt === undefined || ofMethod.length === 0) return false
  return ofMethod.every(({ createdAt = '' }) => Date.parse(createdAt) <= startedAt)
}

/** The kind of address that the method proves; undefined for what the user holds. */
export function kindProvenBy(method: string): (typeof ADDRESS_KINDS)[number] | undefined {
  return ADDRESS_KINDS.find(({ provenBy }) => provenBy.some((one) => one === method))
}
