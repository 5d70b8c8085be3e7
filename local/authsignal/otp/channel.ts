import type { Type } from 'typebox'
import { Email, PhoneNumber } from '../input.ts'
import type { RateLimit } from '../rate-limits.ts'
import type { Address } from '../store/address.ts'
import type { Authenticator, VerificationMethod } from '../store/authenticator.ts'

/** One way to deliver a one-time code. */
export interface OtpChannel {
  /** Last part of the client API's paths. */
  path: string
  method: VerificationMethod
  /** The field of requests, users and authenticators that holds the address. */
  addressKind: Address['kind']
  addressSchema: Type.TString
  messageChannel: 'email' | 'sms'
  sends: RateLimit
  verifies: RateLimit
}

/** Rate limits per user: docs, FAQ page. */
export const EMAIL_OTP: OtpChannel = {
  path: 'email-otp',
  method: 'EMAIL_OTP',
  addressKind: 'email',
  addressSchema: Email,
  messageChannel: 'email',
  sends: { count: 12, windowMinutes: 10 },
  verifies: { count: 10, windowMinutes: 5 },
}

export const SMS: OtpChannel = {
  path: 'sms',
  method: 'SMS',
  addressKind: 'phoneNumber',
  addressSchema: PhoneNumber,
  messageChannel: 'sms',
  sends: { count: 6, windowMinutes: 10 },
  verifies: { count: 10, windowMinutes: 5 },
}

export const OTP_CHANNELS: readonly OtpChannel[] = [EMAIL_OTP, SMS]

/** The tenant has every method switched on that this stand-in knows. */
export const ALLOWED_METHODS: readonly VerificationMethod[] = OTP_CHANNELS.map((c) => c.method)

export function addressOf(
  channel: OtpChannel,
  holder: Pick<Authenticator, 'email' | 'phoneNumber'>,
): Address | undefined {
  const value = holder[channel.addressKind]
  return value === undefined ? undefined : { kind: channel.addressKind, value }
}
