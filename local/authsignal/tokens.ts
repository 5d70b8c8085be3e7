import { randomUUID } from 'node:crypto'
import { errors, jwtVerify, SignJWT } from 'jose'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import type { Clock } from '../support/clock.ts'
import { ApiError, unauthorized } from './api-error.ts'
import type { Action } from './store/action.ts'

export const SCOPES = [
  'read:authenticators',
  'add:authenticators',
  'update:authenticators',
  'remove:authenticators',
] as const

/** Scope of a track token that asked for none (docs: track-action). */
export const DEFAULT_SCOPE = 'read:authenticators'
/** What a completed challenge carries (docs: verify-* pages). */
export const MANAGEMENT_SCOPE = SCOPES.join(' ')

export interface Token {
  /** Identifies this very token; the same-token rule of start and verify hangs on it. */
  id: string
  userId: string
  actionCode: string
  idempotencyKey: string
  scopes: ReadonlySet<string>
  /** Milliseconds since the epoch. */
  expiresAt: number
}

export interface Tokens {
  issue(action: Action, grant: { scope: string; username?: string | undefined }): Promise<string>
  /** Refuses with 401: `expired_token` for a token past its time, `unauthorized` for any other. */
  read(token: string): Promise<Token>
}

export interface TokenSettings {
  secret: string
  tenantId: string
  tokenMinutes: number
  clock: Clock
}

/** `jti` is the stand-in's own: without it two tokens of one action and second would be equal. */
const Claims = Type.Object({
  exp: Type.Number(),
  jti: Type.String(),
  scope: Type.String(),
  other: Type.Object({
    userId: Type.String(),
    actionCode: Type.String(),
    idempotencyKey: Type.String(),
  }),
})

export function jwtTokens({ secret, tenantId, tokenMinutes, clock }: TokenSettings): Tokens {
  const key = new TextEncoder().encode(secret)
  const seconds = () => Math.floor(clock.now() / 1000)

  return {
    async issue({ userId, actionCode, idempotencyKey }, { scope, username }) {
      const other = { tenantId, publishableKey: tenantId, userId, actionCode, idempotencyKey }
      // Values of aud and sub: [unconfirmed]; nobody may authorise on decoded claims anyway.
      return new SignJWT({ scope, other: username === undefined ? other : { ...other, username } })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setAudience(tenantId)
        .setSubject(userId)
        .setJti(randomUUID())
        .setIssuedAt(seconds())
        .setExpirationTime(seconds() + tokenMinutes * 60)
        .sign(key)
    },

    async read(token) {
      const currentDate = new Date(clock.now())
      const { payload } = await jwtVerify(token, key, {
        algorithms: ['HS256'],
        audience: tenantId,
        currentDate,
        requiredClaims: ['exp'],
      }).catch(refuse)
      if (!Value.Check(Claims, payload)) throw unauthorized('The token is not valid.')
      const { userId, actionCode, idempotencyKey } = payload.other
      const scopes = new Set(payload.scope.split(' '))
      const expiresAt = payload.exp * 1000
      return { id: payload.jti, userId, actionCode, idempotencyKey, scopes, expiresAt }
    },
  }
}

/** HTTP status of client errors: [unconfirmed]; the browser SDK ignores it. */
function refuse(error: unknown): never {
  if (error instanceof errors.JWTExpired) {
    throw new ApiError(401, 'expired_token', 'The token has expired.')
  }
  throw unauthorized('The token is not valid.')
}
