import type { JWTPayload } from 'jose'
import { ServiceError } from '../errors.ts'
import { tokenReader } from '../jwks.ts'
import type { VerifyAccessToken } from '../tokens/ports.ts'
import type { UpstreamObserver } from '../upstream/ports.ts'

export interface AccessTokenOptions {
  region: string
  userPoolId: string
  clientId: string
  /** Another Cognito, which is then also who issues the tokens. */
  endpoint?: string | undefined
  /** How soon after one look for keys there may be another. */
  jwksCooldownMs?: number
  observer?: UpstreamObserver
}

/**
 * Checks access tokens without asking Cognito: signature, issuer, expiry, that it is an access token
 * and that it is ours (AWS docs: amazon-cognito-user-pools-using-tokens-verifying-a-jwt).
 */
export function accessTokenVerifier(options: AccessTokenOptions): VerifyAccessToken {
  const issuer = issuerOf(options)
  const read = tokenReader({
    service: 'cognito',
    url: signingKeysUrl(options),
    cooldownMs: options.jwksCooldownMs,
    observer: options.observer,
  })

  return async (accessToken) => {
    const claims = await read(accessToken, { issuer, requiredClaims: ['exp', 'sub'] })
    if (claims === undefined) throw new ServiceError('invalid_token')
    const { sub, username, auth_time: authTime, origin_jti: signInId } = claims
    // Access tokens have no audience; the client stands in `client_id`.
    const isOurs = claims['client_id'] === options.clientId && claims['token_use'] === 'access'
    if (!isOurs || !isText(sub) || !isText(username) || typeof authTime !== 'number') {
      throw new ServiceError('invalid_token')
    }
    return { sub, username, accessToken, authTime, ...(isText(signInId) ? { signInId } : {}) }
  }
}

type Issuer = Pick<AccessTokenOptions, 'region' | 'userPoolId' | 'endpoint'>

/** Where the pool publishes what its tokens are checked with. */
export function signingKeysUrl(pool: Issuer): string {
  return `${issuerOf(pool)}/.well-known/jwks.json`
}

function issuerOf({ region, userPoolId, endpoint }: Issuer): string {
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
  return `${endpoint ?? `https://cognito-idp.${region}.${domain}`}/${userPoolId}`
}

function isText(value: JWTPayload[string]): value is string {
  return typeof value === 'string' && value !== ''
}
