import type { Type } from 'typebox'
import { Email, PhoneNumber } from '../input.ts'
import type { Message } from '../messages.ts'
import type { RateLimit } from '../rate-limits.ts'
import type { Address } from '../store/address.ts'
import type { VerificationMethod } from '../store/authenticator.ts'

/** One way to deliver a one-time code. */
export interface OtpChannel {
  /** Last part of the client API's paths. */
  path: string
  method: VerificationMethod
  /** The field of requests, users and authenticators that holds the address. */
  addressKind: Address['kind']
  addressSchema: Type.TString
  messageChannel: Message['channel']
  /** The event that can hand the message over; there is none for WhatsApp in the docs' list. */
  event?: 'email.created' | 'sms.created'
  /** The kind of authenticator whose address the code goes to. */
  authenticatorMethod: VerificationMethod
  /** Whether a success may leave an authenticator of the method behind. */
  isEnrollable: boolean
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
  event: 'email.created',
  authenticatorMethod: 'EMAIL_OTP',
  isEnrollable: true,
  sends: { count: 12, windowMinutes: 10 },
  verifies: { count: 10, windowMinutes: 5 },
}

export const SMS: OtpChannel = {
  path: 'sms',
  method: 'SMS',
  addressKind: 'phoneNumber',
  addressSchema: PhoneNumber,
  messageChannel: 'sms',
  event: 'sms.created',
  authenticatorMethod: 'SMS',
  isEnrollable: true,
  sends: { count: 6, windowMinutes: 10 },
  verifies: { count: 10, windowMinutes: 5 },
}

/**
 * Has no authenticators of its own: the SDKs know no way to enrol one, and that a success leaves
 * none behind is [unconfirmed]. Rate limits as for SMS, [unconfirmed] as well.
 */
export const WHATSAPP: OtpChannel = {
  path: 'whatsapp',
  method: 'WHATSAPP',
  addressKind: 'phoneNumber',
  addressSchema: PhoneNumber,
  messageChannel: 'whatsapp',
  authenticatorMethod: 'SMS',
  isEnrollable: false,
  sends: SMS.sends,
  verifies: SMS.verifies,
}

export const OTP_CHANNELS: readonly OtpChannel[] = [EMAIL_OTP, SMS, WHATSAPP]
