import { createHash, randomBytes } from 'node:crypto'
import type { Pool } from '../pool.ts'
import type { PasswordVerifier } from '../srp/password.ts'

export type UserStatus = 'UNCONFIRMED' | 'CONFIRMED' | 'FORCE_CHANGE_PASSWORD' | 'RESET_REQUIRED'

export const ALIAS_KINDS = ['email', 'phone_number'] as const
export type AliasKind = (typeof ALIAS_KINDS)[number]

export interface User {
  username: string
  sub: string
  /** Everything but `sub`; verified flags are strings, kept as they were written. */
  attributes: Record<string, string>
  /** The addresses this user can be found by at the moment; not always the attributes' values. */
  aliases: Partial<Record<AliasKind, string>>
  status: UserStatus
  enabled: boolean
  /** None for users whose first password nobody chose: no password signs them in. */
  password?: PasswordVerifier
  createdAt: number
  modifiedAt: number
}

/** Looks like the real ones (`84583468-8081-7000-901f-9d3de5b6b68b`): a UUID, but not version 4. */
export function newSub(): string {
  const hex = randomBytes(16).toString('hex')
  return dashed(`${hex.slice(0, 12)}70${hex.slice(14)}`)
}

/**
 * The name shown for a user that does not exist: a version 3 UUID made of pool and name, so that
 * asking twice teaches nothing (aws/aws-sdk-go#3134; AWS docs: cognito-user-pool-managing-errors,
 * which promise the same UUID for SRP; for custom authentication that is assumed).
 */
export function dummyUsername(pool: Pick<Pool, 'id'>, name: string): string {
  const hex = createHash('md5').update(`${pool.id}:${name.toLowerCase()}`).digest('hex')
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16)
  return dashed(`${hex.slice(0, 12)}3${hex.slice(13, 16)}${variant}${hex.slice(17)}`)
}

function dashed(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

export function isVerified(attributes: Record<string, string>, kind: AliasKind): boolean {
  return attributes[`${kind}_verified`]?.toLowerCase() === 'true'
}

/** The flat map triggers are given. */
export function triggerAttributes(pool: Pool, user: User): Record<string, string> {
  const aliases =
    pool.usernames === 'alias'
      ? Object.entries(user.aliases).map(([kind, value]) => [`cognito:${kind}_alias`, value])
      : []
  return {
    sub: user.sub,
    'cognito:user_status': user.status,
    ...user.attributes,
    ...Object.fromEntries(aliases),
  }
}

/** `[{ Name, Value }]`, as the user operations answer it. */
export function attributeList(user: User, only?: string[]): { Name: string; Value: string }[] {
  return Object.entries({ sub: user.sub, ...user.attributes })
    .filter(([name]) => !only || only.includes(name))
    .map(([Name, Value]) => ({ Name, Value }))
}

/** What AdminGetUser and the user lists have in common. Dates are epoch seconds with a fraction. */
export function userRecord(user: User) {
  return {
    Username: user.username,
    UserCreateDate: user.createdAt / 1000,
    UserLastModifiedDate: user.modifiedAt / 1000,
    Enabled: user.enabled,
    UserStatus: user.status,
  }
}
