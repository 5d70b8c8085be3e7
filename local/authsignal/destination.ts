import { invalidRequest } from './api-error.ts'
import type { Session } from './session.ts'
import type { Address } from './store/address.ts'
import { verifiedAuthenticators, type VerificationMethod } from './store/authenticator.ts'

/** Where a code or a link goes, and what that means for the authenticators of the user. */
export interface Destination {
  address: Address
  /** Left out when the address comes from track and has no authenticator yet. */
  userAuthenticatorId?: string
  isEnrolment: boolean
}

/**
 * The enrolled address, or else the tracked one (docs: aws-cognito/getting-started), or else the
 * last resort if there is one.
 */
export function challengeDestination(
  { user, action }: Session,
  method: VerificationMethod,
  kind: Address['kind'],
  lastResort?: string,
): Destination {
  const authenticator = verifiedAuthenticators(user).find((a) => a.verificationMethod === method)
  const value = (authenticator ?? action.tracked)[kind] ?? lastResort
  if (value === undefined) {
    throw invalidRequest(`The user has no ${method} authenticator and no ${kind} was tracked.`)
  }
  const address = { kind, value }
  return authenticator
    ? { address, userAuthenticatorId: authenticator.userAuthenticatorId, isEnrolment: false }
    : { address, isEnrolment: false }
}

/** A code or link that was sent to an authenticator is void once that is removed. */
export function isStillThere({ user }: Session, { userAuthenticatorId }: Destination): boolean {
  return (
    userAuthenticatorId === undefined ||
    user.authenticators.some((a) => a.userAuthenticatorId === userAuthenticatorId)
  )
}
