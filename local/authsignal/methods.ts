import { MAGIC_LINK } from './magic-link/links.ts'
import { OTP_CHANNELS } from './otp/channel.ts'
import { AUTHENTICATOR_APP } from './totp/keys.ts'
import type { VerificationMethod } from './store/authenticator.ts'

/** The tenant has every method switched on that this stand-in knows. */
export const ALLOWED_METHODS: readonly VerificationMethod[] = [
  ...OTP_CHANNELS.map((c) => c.method),
  MAGIC_LINK,
  AUTHENTICATOR_APP,
  'PASSKEY',
  'SECURITY_KEY',
]
