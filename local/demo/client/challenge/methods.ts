import type { Authenticator } from '../api/account-api.ts'
import type { CodeMethod, DeviceMethod, SentMethod } from '../authsignal/factors.ts'
import type { PageMode } from '../authsignal/hosted-page.ts'
import type { Identifier } from '../sign-in/identifier.ts'

export type PageMethod = PageMode | 'redirect'
/** Every way a person can take a challenge. */
export type Method = CodeMethod | SentMethod | DeviceMethod | PageMethod

const OF_EMAIL = ['email', 'link'] as const
const OF_PHONE = ['sms', 'whatsapp'] as const
const HELD = ['app', 'passkey', 'key'] as const
const PAGES = ['popup', 'window'] as const

/**
 * What can be chosen at sign-in, the first one first. Nobody says beforehand what the account has,
 * so that nobody can ask: what it has not will be refused when chosen.
 */
export function methodsForSignIn(identifier: Identifier): Method[] {
  return [...('email' in identifier ? OF_EMAIL : OF_PHONE), ...HELD, 'redirect', ...PAGES]
}

const BY_VERIFICATION: Readonly<Record<string, readonly Method[]>> = {
  PASSKEY: ['passkey'],
  SECURITY_KEY: ['key'],
  AUTHENTICATOR_APP: ['app'],
  EMAIL_OTP: OF_EMAIL,
  EMAIL_MAGIC_LINK: ['link'],
  SMS: OF_PHONE,
}

/**
 * What can be chosen by somebody who is signed in, quickest first. No redirect, which would end the
 * page and with it the tokens in its memory.
 */
export function methodsForStepUp(authenticators: readonly Authenticator[]): Method[] {
  const enrolled = new Set(
    authenticators
      .filter(({ verifiedAt }) => verifiedAt !== undefined)
      .map(({ verificationMethod }) => verificationMethod),
  )
  const own = Object.keys(BY_VERIFICATION).flatMap((kind) =>
    enrolled.has(kind) ? (BY_VERIFICATION[kind] ?? []) : [],
  )
  return [...new Set([...own, ...PAGES])]
}

export type Stage = 'choose' | 'code' | 'link' | 'device' | 'page'

/** What the page shows for a method. */
export function stageOf(method: Method | undefined): Stage {
  if (method === undefined) return 'choose'
  if (isCode(method)) return 'code'
  if (isDevice(method)) return 'device'
  return method === 'link' ? 'link' : 'page'
}

export function isCode(method: Method | undefined): method is CodeMethod {
  return method === 'email' || method === 'sms' || method === 'whatsapp' || method === 'app'
}

export function isSent(method: Method | undefined): method is SentMethod {
  return (isCode(method) && method !== 'app') || method === 'link'
}

export function isDevice(method: Method | undefined): method is DeviceMethod {
  return method === 'passkey' || method === 'key'
}

export function isPage(method: Method | undefined): method is PageMethod {
  return stageOf(method) === 'page'
}
