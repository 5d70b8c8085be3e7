import { normalised, type Pool } from '../pool.ts'
import { AwsError, invalidParameter } from '../protocol/errors.ts'
import { checkAttributes, checkVerifiedFlags, isEmail, isPhoneNumber } from './attributes.ts'
import { ALIAS_KINDS, isVerified, newSub, type AliasKind, type User } from './user.ts'
import type { UserStore } from './user-store.ts'

/** A user as asked for, named the way the pool names users; not stored yet. */
export function draftUser(
  pool: Pool,
  name: string,
  given: Record<string, string>,
  now: number,
): User {
  checkAttributes(given)
  const attributes = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''))
  const sub = newSub()
  let username = name
  if (pool.usernames === 'email-or-phone') {
    username = sub
    nameByAddress(pool, name, attributes)
  } else if (pool.usernames === 'alias') {
    refuseAddress(name)
  }
  checkVerifiedFlags(attributes)
  return {
    username,
    sub,
    attributes,
    aliases: {},
    status: 'UNCONFIRMED',
    enabled: true,
    createdAt: now,
    modifiedAt: now,
  }
}

// The two texts about email come from jagregory/cognito-local#102 (pasted from real answers); the
// one for a pool with both kinds, and the phone number's, are modelled on them.
function nameByAddress(pool: Pool, name: string, attributes: Record<string, string>): void {
  const kind = isEmail(name) ? 'email' : 'phone_number'
  if (kind === 'phone_number' && !isPhoneNumber(name)) {
    throw invalidParameter('Username should be either an email or a phone number.')
  }
  const given = attributes[kind]
  if (given !== undefined && normalised(pool, given) !== normalised(pool, name)) {
    throw invalidParameter(
      `User ${kind} should be empty or same as username, since username attribute is ${kind}.`,
    )
  }
  attributes[kind] = name
}

function refuseAddress(name: string): void {
  const kind = isEmail(name) ? 'email' : isPhoneNumber(name) ? 'phone number' : undefined
  if (kind) {
    throw invalidParameter(
      `Username cannot be of ${kind} format, since user pool is configured for ${kind} alias.`,
    )
  }
}

/** Addresses a new user can be found by: all of them, or the verified ones in alias pools. */
export function aliasesOf(pool: Pool, attributes: Record<string, string>): AliasKind[] {
  if (pool.usernames === 'plain') return []
  return ALIAS_KINDS.filter(
    (kind) =>
      attributes[kind] !== undefined &&
      (pool.usernames === 'email-or-phone' || isVerified(attributes, kind)),
  )
}

/**
 * Throws when the name or an address is taken. The wanted address itself counts as the username
 * in pools that name users by address, hence the text about the account there.
 */
export function refuseTaken(
  pool: Pool,
  users: UserStore,
  draft: User,
  { name, text, movesAlias }: { name: string; text: string; movesAlias: boolean },
): void {
  const namesake = pool.usernames === 'email-or-phone' ? users.find(name) : users.byUsername(name)
  if (namesake) throw new AwsError('UsernameExistsException', text)
  if (pool.usernames === 'alias' && movesAlias) return
  for (const kind of aliasesOf(pool, draft.attributes)) {
    if (users.byAlias(kind, draft.attributes[kind] ?? '')) {
      // boto/boto3#3213: not AliasExistsException, although the prose of the documentation says so.
      throw new AwsError(
        'UsernameExistsException',
        `An account with the given ${kind} already exists.`,
      )
    }
  }
}
