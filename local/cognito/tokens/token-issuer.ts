import { randomUUID } from 'node:crypto'
import { SignJWT, type JWTPayload } from 'jose'
import type { Clock } from '../../support/clock.ts'
import type { Client } from '../clients.ts'
import type { Pool } from '../pool.ts'
import { ALIAS_KINDS, isVerified, type User } from '../users/user.ts'
import type { Grant } from './grants.ts'
import type { SigningKey, SigningKeys } from './signing-keys.ts'

export interface IssuedTokens {
  AccessToken: string
  IdToken: string
  ExpiresIn: number
  TokenType: 'Bearer'
}

/** Changes a PreTokenGeneration trigger may ask for; they reach the id token only (version 1). */
export interface ClaimsOverride {
  claimsToAddOrOverride?: Record<string, string> | null
  claimsToSuppress?: string[] | null
}

/** AWS docs: using-the-access-token, using-the-id-token. */
export class TokenIssuer {
  #pool: Pool
  #keys: Promise<SigningKeys>
  #clock: Clock

  constructor(pool: Pool, keys: Promise<SigningKeys>, clock: Clock) {
    this.#pool = pool
    this.#keys = keys
    this.#clock = clock
  }

  async issue(
    user: User,
    client: Client,
    grant: Grant,
    override: ClaimsOverride = {},
  ): Promise<IssuedTokens> {
    const id = { ...this.#idClaims(user, client), ...override.claimsToAddOrOverride }
    for (const claim of override.claimsToSuppress ?? []) delete id[claim]
    const keys = await this.#keys
    const [AccessToken, IdToken] = await Promise.all([
      sign(keys.access, {
        ...accessClaims(user, client),
        ...this.#common(user, client, grant, 'access', client.accessTokenSeconds),
      }),
      sign(keys.id, {
        ...id,
        ...this.#common(user, client, grant, 'id', client.idTokenSeconds),
      }),
    ])
    return { AccessToken, IdToken, ExpiresIn: client.accessTokenSeconds, TokenType: 'Bearer' }
  }

  #common(
    user: User,
    client: Client,
    grant: Grant,
    use: 'access' | 'id',
    seconds: number,
  ): JWTPayload {
    const iat = Math.floor(this.#clock.now() / 1000)
    return {
      sub: user.sub,
      iss: this.#pool.issuer,
      event_id: grant.id,
      token_use: use,
      auth_time: grant.authTime,
      iat,
      exp: iat + seconds,
      // Only with token revocation (AWS docs: token-revocation).
      ...(client.tokenRevocation && { origin_jti: grant.originJti, jti: randomUUID() }),
    }
  }

  #idClaims(user: User, client: Client): JWTPayload {
    const claims: JWTPayload = {
      ...user.attributes,
      aud: client.clientId,
      'cognito:username': user.username,
    }
    for (const kind of ALIAS_KINDS) {
      const flag = `${kind}_verified`
      if (claims[flag] !== undefined) claims[flag] = isVerified(user.attributes, kind)
    }
    return claims
  }
}

function sign(key: SigningKey, claims: JWTPayload): Promise<string> {
  const header = { alg: 'RS256', kid: key.kid }
  return new SignJWT(claims).setProtectedHeader(header).sign(key.privateKey)
}

/** No `aud`: verifiers of access tokens must look at `client_id`. */
function accessClaims(user: User, client: Client): JWTPayload {
  return {
    client_id: client.clientId,
    scope: 'aws.cognito.signin.user.admin',
    username: user.username,
  }
}
