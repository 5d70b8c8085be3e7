import { claimsOf } from '../cognito/tokens.ts'

/** Whatever wrote it: nothing that could be an address, or break a line. */
const NAME = /^[\w-]{1,64}$/

/**
 * The idempotency key that a token of Authsignal names. Nobody has checked it: for a log it will do,
 * nothing may be decided on it.
 */
export function attemptNamedIn(token: string | undefined): string | undefined {
  const other = claimIn(token, 'other')
  if (typeof other !== 'object' || other === null) return undefined
  const key: unknown = Reflect.get(other, 'idempotencyKey')
  return typeof key === 'string' && NAME.test(key) ? key : undefined
}

/** Whose access token it is, of tokens that came from Cognito just now. */
export function usernameIn(accessToken: string): string | undefined {
  const username = claimIn(accessToken, 'username')
  return typeof username === 'string' ? username : undefined
}

function claimIn(token: string | undefined, name: string): unknown {
  return token === undefined ? undefined : claimsOf(token)[name]
}
