import { randomUUID } from 'node:crypto'
import type { Clock } from '../../support/clock.ts'
import type { Client } from '../clients.ts'
import { AwsError, notAuthorized } from '../protocol/errors.ts'
import { digest, newRefreshToken } from './opaque-tokens.ts'

/** One sign-in and all tokens that descend from it. */
export interface Grant {
  /** Stands in every token of the family as `event_id`. */
  id: string
  originJti: string
  username: string
  clientId: string
  authTime: number
  expiresAt: number
  revoked: boolean
}

interface RefreshToken {
  grant: Grant
  /** Set once rotation has replaced it; from then on only the grace period is left. */
  diesAt?: number
}

const SWEEP_EVERY_MS = 60_000

export class Grants {
  #clock: Clock
  #grants = new Map<string, Grant>()
  #refreshTokens = new Map<string, RefreshToken>()
  #sweptAt = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  open(username: string, client: Client): { grant: Grant; refreshToken: string } {
    this.#sweep()
    const now = this.#clock.now()
    const grant: Grant = {
      id: randomUUID(),
      originJti: randomUUID(),
      username,
      clientId: client.clientId,
      authTime: Math.floor(now / 1000),
      expiresAt: now + client.refreshTokenSeconds * 1000,
      revoked: false,
    }
    this.#grants.set(grant.id, grant)
    return { grant, refreshToken: this.#add(grant) }
  }

  byId(id: string): Grant | undefined {
    return this.#grants.get(id)
  }

  /** The sign-in a refresh token belongs to, dead or alive. */
  byRefreshToken(token: string): Grant | undefined {
    return this.#refreshTokens.get(digest(token))?.grant
  }

  /** Throws unless this client may use the refresh token now. */
  redeem(token: string, clientId: string): Grant {
    const found = this.#refreshTokens.get(digest(token))
    if (!found || found.grant.clientId !== clientId) throw notAuthorized('Invalid Refresh Token.')
    const { grant, diesAt } = found
    if (grant.revoked) throw notAuthorized('Refresh Token has been revoked')
    if (this.#clock.now() >= grant.expiresAt) throw notAuthorized('Refresh Token has expired')
    if (diesAt !== undefined && this.#clock.now() >= diesAt) {
      // Unconfirmed: the text, and that reuse leaves the rest of the family alone.
      throw new AwsError('RefreshTokenReuseException', 'Refresh token has been reused.')
    }
    return grant
  }

  /** Unconfirmed: the successor keeps the end date of the first token, as the documentation hints. */
  rotate(token: string, client: Client): string {
    const grant = this.redeem(token, client.clientId)
    const found = this.#refreshTokens.get(digest(token))
    const graceMs = (client.refreshTokenRotation?.retryGracePeriodSeconds ?? 0) * 1000
    // A second use within the grace period does not prolong it.
    if (found) found.diesAt ??= this.#clock.now() + graceMs
    return this.#add(grant)
  }

  revokeAllOf(username: string): void {
    for (const grant of this.#grants.values()) {
      if (grant.username === username) grant.revoked = true
    }
  }

  #add(grant: Grant): string {
    const token = newRefreshToken()
    this.#refreshTokens.set(digest(token), { grant })
    return token
  }

  /** Keeps the ended ones for a day, to be able to say that they have expired. */
  #sweep(): void {
    const now = this.#clock.now()
    if (now - this.#sweptAt < SWEEP_EVERY_MS) return
    this.#sweptAt = now
    const forgotten = (grant: Grant) => grant.expiresAt + 24 * 3_600_000 < now
    for (const [id, grant] of this.#grants) if (forgotten(grant)) this.#grants.delete(id)
    for (const [key, { grant }] of this.#refreshTokens) {
      if (forgotten(grant)) this.#refreshTokens.delete(key)
    }
  }
}
