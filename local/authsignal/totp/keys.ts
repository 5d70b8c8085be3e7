import { Secret, TOTP, URI } from 'otpauth'
import { invalidRequest } from '../api-error.ts'
import {
  addEnrolment,
  newAuthenticator,
  verifiedAuthenticators,
  type Authenticator,
} from '../store/authenticator.ts'
import type { UserRecord } from '../store/user.ts'

export const AUTHENTICATOR_APP = 'AUTHENTICATOR_APP'

/** What the app and we share. Never part of an answer, save the one that enrols it. */
export interface TotpKey {
  totp: TOTP
  /** The latest time step whose code was taken; it and those before are used up. */
  lastStep: number
  /** The token that began the enrolment, which alone may finish it; [unconfirmed]. */
  enrolledBy?: string
}

const ISSUER = 'Local Authsignal'
/** 160 bits, as RFC 4226 recommends. */
const SECRET_BYTES = 20
/** Steps of leeway to either side (RFC 6238, section 5.2). */
const WINDOW = 1

export function newTotp({ userId, attributes }: UserRecord): TOTP {
  const label = attributes.username ?? attributes.email ?? attributes.phoneNumber ?? userId
  return new TOTP({ issuer: ISSUER, label, secret: new Secret({ size: SECRET_BYTES }) })
}

export function readOtpUri(otpUri: string): TOTP {
  try {
    const parsed = URI.parse(otpUri)
    if (parsed instanceof TOTP) return parsed
  } catch {
    // Said below.
  }
  throw invalidRequest('otpUri must be an otpauth URI of type totp.')
}

/** Takes the place of an earlier enrolment that was never verified. */
export function enrolKey(
  user: UserRecord,
  key: Omit<TotpKey, 'lastStep'>,
  now: string,
): Authenticator {
  const authenticator = newAuthenticator(user, AUTHENTICATOR_APP, now)
  addEnrolment(user, authenticator)
  for (const id of user.totpKeys.keys()) {
    if (!user.authenticators.some((a) => a.userAuthenticatorId === id)) user.totpKeys.delete(id)
  }
  user.totpKeys.set(authenticator.userAuthenticatorId, { ...key, lastStep: -1 })
  return authenticator
}

export function findBySecret(user: UserRecord, { secret }: TOTP): Authenticator | undefined {
  return verifiedAuthenticators(user).find(
    (a) => user.totpKeys.get(a.userAuthenticatorId)?.totp.secret.base32 === secret.base32,
  )
}

/** The time step that the code belongs to, unless it or a later one was taken before. */
export function stepOf({ totp, lastStep }: TotpKey, code: string, at: number): number | undefined {
  const delta = totp.validate({ token: code, timestamp: at, window: WINDOW })
  if (delta === null) return undefined
  const step = totp.counter({ timestamp: at }) + delta
  return step > lastStep ? step : undefined
}
