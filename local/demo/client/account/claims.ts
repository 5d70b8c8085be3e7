import { isRecord } from '../json.ts'

export type Claims = Readonly<Record<string, unknown>>

export interface ClaimRow {
  name: string
  value: string
  /** The same moment in ISO 8601, when the claim is a time. */
  dateTime?: string
}

const TIMES = new Set(['auth_time', 'exp', 'iat', 'nbf'])

/** What people look for first; every other claim follows by name. */
const FIRST = [
  'name',
  'email',
  'email_verified',
  'phone_number',
  'phone_number_verified',
  'username',
  'sub',
]

/**
 * Reads a JWT's payload for display only. Nothing is verified and nothing may be decided by it: that
 * is the work of whoever receives the token. What cannot be read has no claims.
 */
export function decodeClaims(jwt: string): Claims {
  const payload = jwt.split('.')[1]
  if (!payload) return {}
  try {
    const claims: unknown = JSON.parse(textOf(payload))
    return isRecord(claims) ? claims : {}
  } catch {
    return {}
  }
}

export function claimRows(claims: Claims, formatTime: (time: Date) => string): ClaimRow[] {
  return Object.keys(claims)
    .toSorted(byImportance)
    .map((name) => rowOf(name, claims[name], formatTime))
}

/** Who signed in, as they know themselves. */
export function signedInAs(claims: Claims): string | undefined {
  return [claims['email'], claims['phone_number']].find((value) => typeof value === 'string')
}

function rowOf(name: string, value: unknown, formatTime: (time: Date) => string): ClaimRow {
  const time = TIMES.has(name) && typeof value === 'number' ? new Date(value * 1000) : undefined
  if (!time || Number.isNaN(time.getTime())) return { name, value: display(value) }
  return { name, value: formatTime(time), dateTime: time.toISOString() }
}

function display(value: unknown): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(display).join(', ')
  return JSON.stringify(value) ?? ''
}

function byImportance(a: string, b: string): number {
  return rank(a) - rank(b) || a.localeCompare(b, 'en')
}

function rank(name: string): number {
  const place = FIRST.indexOf(name)
  return place === -1 ? FIRST.length : place
}

function textOf(base64url: string): string {
  const bytes = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'))
  return new TextDecoder().decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)))
}
