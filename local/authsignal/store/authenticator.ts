import { randomUUID } from 'node:crypto'
import { sameAddress, type Address } from './address.ts'
import type { UserRecord } from './user.ts'
import type { VerificationMethod } from './verification-method.ts'

export type { VerificationMethod } from './verification-method.ts'

/** In the shape of the wire. An enrolment not yet verified has no `verifiedAt`. */
export interface Authenticator {
  userId: string
  userAuthenticatorId: string
  verificationMethod: VerificationMethod
  createdAt: string
  verifiedAt?: string
  lastVerifiedAt?: string
  email?: string
  phoneNumber?: string
  /** The names that a passkey is listed under on the user's device. */
  username?: string
  displayName?: string
  webauthnCredential?: WebauthnCredential
}

/** What the wire says of a passkey or security key; the SDKs' types. */
export interface WebauthnCredential {
  credentialId: string
  deviceId: string
  name: string
  aaguid: string
  credentialBackedUp: boolean
  credentialDeviceType: 'singleDevice' | 'multiDevice'
  authenticatorAttachment?: AuthenticatorAttachment
  verifiedAt: string
}

export type AuthenticatorAttachment = 'platform' | 'cross-platform'

/** The first of several is the default one; [unconfirmed] how the real service picks. */
export function verifiedAuthenticators(user: UserRecord): Authenticator[] {
  return user.authenticators.filter((a) => a.verifiedAt !== undefined)
}

export function isEnrolled(user: UserRecord): boolean {
  return verifiedAuthenticators(user).length > 0
}

export function enrolledMethods(user: UserRecord): VerificationMethod[] {
  return [...new Set(verifiedAuthenticators(user).map((a) => a.verificationMethod))]
}

export function findAuthenticator(
  user: UserRecord,
  method: VerificationMethod,
  address: Address,
): Authenticator | undefined {
  return user.authenticators.find(
    (a) => a.verificationMethod === method && sameAddress(a[address.kind], address.value),
  )
}

/** Takes the place of an earlier enrolment of the method that was never verified. */
export function startEnrolment(
  user: UserRecord,
  method: VerificationMethod,
  address: Address,
  now: string,
): Authenticator {
  const known = findAuthenticator(user, method, address)
  if (known) return known
  const authenticator = newAuthenticator(user, method, now)
  authenticator[address.kind] = address.value
  addEnrolment(user, authenticator)
  return authenticator
}

export function newAuthenticator(
  user: UserRecord,
  method: VerificationMethod,
  now: string,
): Authenticator {
  return {
    userId: user.userId,
    userAuthenticatorId: randomUUID(),
    verificationMethod: method,
    createdAt: now,
  }
}

export function addEnrolment(user: UserRecord, authenticator: Authenticator): void {
  user.authenticators = user.authenticators.filter(
    (a) => a.verificationMethod !== authenticator.verificationMethod || a.verifiedAt !== undefined,
  )
  user.authenticators.push(authenticator)
}

/** Also marks the user's own address as verified, and fills it in when empty; [unconfirmed]. */
export function markVerified(user: UserRecord, authenticator: Authenticator, now: string): void {
  authenticator.verifiedAt ??= now
  authenticator.lastVerifiedAt = now
  const { email, phoneNumber } = authenticator
  const { attributes } = user
  if (email !== undefined) {
    attributes.email ??= email
    if (sameAddress(attributes.email, email)) attributes.emailVerified = true
  }
  if (phoneNumber !== undefined) {
    attributes.phoneNumber ??= phoneNumber
    if (sameAddress(attributes.phoneNumber, phoneNumber)) attributes.phoneNumberVerified = true
  }
}

export function makeDefault(user: UserRecord, authenticator: Authenticator): void {
  user.authenticators = [authenticator, ...user.authenticators.filter((a) => a !== authenticator)]
}
