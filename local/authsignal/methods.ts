import { MAGIC_LINK } from './magic-link/links.ts'
import { OTP_CHANNELS } from './otp/channel.ts'
import { AUTHENTICATOR_APP } from './totp/keys.ts'
import type { Action } from './store/action.ts'
import { enrolledMethods, type VerificationMethod } from './store/authenticator.ts'
import type { UserRecord } from './store/user.ts'

/** The tenant has every method switched on that this stand-in knows. */
export const ALLOWED_METHODS: readonly VerificationMethod[] = [
  ...OTP_CHANNELS.map((c) => c.method),
  MAGIC_LINK,
  AUTHENTICATOR_APP,
  'PASSKEY',
  'SECURITY_KEY',
]

export function allowedMethods({ allowedMethods: limited }: Action): readonly VerificationMethod[] {
  return limited ?? ALLOWED_METHODS
}

/** Of what the user has enrolled, what this action may be answered with. */
export function usableMethods(user: UserRecord, action: Action): VerificationMethod[] {
  const allowed = allowedMethods(action)
  return enrolledMethods(user).filter((method) => allowed.includes(method))
}
