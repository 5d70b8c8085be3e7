import type { Authenticator } from '../api/account-api.ts'
import { say, type Message, type TextKey } from '../language/language.ts'

const KINDS: Readonly<Record<string, TextKey>> = {
  EMAIL_OTP: 'authenticators.email',
  EMAIL_MAGIC_LINK: 'authenticators.link',
  SMS: 'authenticators.sms',
  WHATSAPP: 'authenticators.whatsapp',
  AUTHENTICATOR_APP: 'authenticators.app',
  PASSKEY: 'authenticators.passkey',
  SECURITY_KEY: 'authenticators.key',
}

/** What a method that Authsignal names is called here; it may know more of them than this page. */
export function kindOf(verificationMethod: string): Message {
  const known = Object.hasOwn(KINDS, verificationMethod) ? KINDS[verificationMethod] : undefined
  return say(known ?? 'authenticators.other')
}

/** What Authsignal calls a credential of which it knows no better. */
const NO_NAME = /^(passkey|security key)$/i

/** Where codes go, or what the device calls itself. */
export function detailOf({ email, phoneNumber, name }: Authenticator): string | undefined {
  const ownName = name !== undefined && !NO_NAME.test(name) ? name : undefined
  return email ?? phoneNumber ?? ownName
}

/** For sentences. */
export function nameOf(authenticator: Authenticator): Message {
  const detail = detailOf(authenticator)
  const kind = kindOf(authenticator.verificationMethod)
  return detail === undefined ? kind : say('authenticators.named', { kind, detail })
}
