import { normalised, type Pool } from '../pool.ts'
import { AwsError } from '../protocol/errors.ts'
import { checkAttributes, checkVerifiedFlags } from './attributes.ts'
import { aliasesOf } from './new-user.ts'
import { ALIAS_KINDS, isVerified, type AliasKind, type User } from './user.ts'
import type { UserStore } from './user-store.ts'

interface UserBase {
  pool: Pool
  users: UserStore
}

/** Stores a new user; addresses that another user holds are taken from them. */
export function addUser({ pool, users }: UserBase, user: User): void {
  users.add(user)
  for (const kind of aliasesOf(pool, user.attributes)) claimAlias(users, user, kind)
}

/** An empty value deletes. A changed address is unverified unless the same call says otherwise. */
export function updateAttributes(
  { pool, users }: UserBase,
  user: User,
  asked: Record<string, string>,
): void {
  checkAttributes(asked)
  const changes = { ...asked }
  const changed = ALIAS_KINDS.filter((kind) => isChange(pool, user, kind, asked[kind]))
  for (const kind of changed) changes[`${kind}_verified`] ??= asked[kind] === '' ? '' : 'false'

  const after = Object.fromEntries(
    Object.entries({ ...user.attributes, ...changes }).filter(([, value]) => value !== ''),
  )
  checkVerifiedFlags(after)
  if (pool.usernames === 'email-or-phone') refuseTakenAddress(users, user, after)

  user.attributes = after
  for (const kind of ALIAS_KINDS) settleAlias({ pool, users }, user, kind, changed.includes(kind))
  users.touch(user)
}

function isChange(pool: Pool, user: User, kind: AliasKind, value: string | undefined): boolean {
  if (value === undefined) return false
  return normalised(pool, value) !== normalised(pool, user.attributes[kind] ?? '')
}

// aws/aws-sdk-net#4387
function refuseTakenAddress(users: UserStore, user: User, after: Record<string, string>): void {
  for (const kind of ALIAS_KINDS) {
    const holder = users.byAlias(kind, after[kind] ?? '')
    if (holder && holder !== user) {
      throw new AwsError(
        'AliasExistsException',
        `An account with the given ${kind} already exists.`,
      )
    }
  }
}

function settleAlias(
  { pool, users }: UserBase,
  user: User,
  kind: AliasKind,
  changed: boolean,
): void {
  if (pool.usernames === 'plain') return
  if (user.attributes[kind] === undefined) users.setAlias(user, kind, undefined)
  else if (isVerified(user.attributes, kind)) claimAlias(users, user, kind)
  // A new address that is not verified leaves the old one in force (aws/aws-sdk-js#4308).
  else if (pool.usernames === 'alias' && !changed) users.setAlias(user, kind, undefined)
}

/**
 * In alias pools a verified address moves without a word, and its former holder turns unverified
 * (boto/boto3#3213, aws-amplify/aws-sdk-ios#515).
 */
function claimAlias(users: UserStore, user: User, kind: AliasKind): void {
  const address = user.attributes[kind] ?? ''
  const holder = users.byAlias(kind, address)
  if (holder && holder !== user) {
    users.setAlias(holder, kind, undefined)
    holder.attributes[`${kind}_verified`] = 'false'
    users.touch(holder)
  }
  users.setAlias(user, kind, address)
}
