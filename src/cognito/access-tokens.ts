import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload } from 'jose'
import { ServiceError } from '../errors.ts'
import type { VerifyAccessToken } from '../tokens/ports.ts'

const JWKS_TIMEOUT_MS = 3_000
/** A token with an unknown key id makes us look for new keys, but not more often than this. */
const JWKS_COOLDOWN_MS = 30_000
const RETRY_AFTER_SECONDS = 5

export interface AccessTokenOptions {
  region: string
  userPoolId: string
  clientId: string
  /** Another Cognito, which is then also who issues the tokens. */
  endpoint?: string | undefined
  /** How soon after one look for keys there may be another. */
  jwksCooldownMs?: number
}

/**
 * Checks access tokens without asking Cognito: signature, issuer, expiry, that it is an access token
 * and that it is ours (AWS docs: amazon-cognito-user-pools-using-tokens-verifying-a-jwt).
 *
 * Keys once fetched are kept for good, so tokens stay readable while the key host is away; a key id
 * that is not among them is looked up, which is how rotated keys are found.
 */
export function accessTokenVerifier(options: AccessTokenOptions): VerifyAccessToken {
  const issuer = issuerOf(options)
  const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`), {
    timeoutDuration: JWKS_TIMEOUT_MS,
    cooldownDuration: options.jwksCooldownMs ?? JWKS_COOLDOWN_MS,
    cacheMaxAge: Number.POSITIVE_INFINITY,
  })

  return async (accessToken) => {
    const { payload } = await jwtVerify(accessToken, keys, {
      issuer,
      algorithms: ['RS256'],
      requiredClaims: ['exp', 'sub'],
    }).catch((error: unknown) => {
      throw failureOf(error)
    })
    const { sub, username, auth_time: authTime, origin_jti: signInId } = payload
    // Access tokens have no audience; the client stands in `client_id`.
    const isOurs = payload['client_id'] === options.clientId && payload['token_use'] === 'access'
    if (!isOurs || !isText(sub) || !isText(username) || typeof authTime !== 'number') {
      throw new ServiceError('invalid_token')
    }
    return { sub, username, accessToken, authTime, ...(isText(signInId) ? { signInId } : {}) }
  }
}

function issuerOf({ region, userPoolId, endpoint }: AccessTokenOptions): string {
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
  return `${endpoint ?? `https://cognito-idp.${region}.${domain}`}/${userPoolId}`
}

function isText(value: JWTPayload[string]): value is string {
  return typeof value === 'string' && value !== ''
}

/** What is wrong with the token is the client's affair; that its keys cannot be had is not. */
function failureOf(error: unknown): ServiceError {
  const upstream = { service: 'cognito', operation: 'JWKS' } as const
  if (error instanceof errors.JWKSTimeout) {
    return new ServiceError('upstream_timeout', { upstream: { ...upstream, reason: 'timeout' } })
  }
  const isAboutToken =
    error instanceof errors.JOSEError && error.code !== 'ERR_JOSE_GENERIC' && !isJwks(error)
  if (isAboutToken) return new ServiceError('invalid_token')
  return new ServiceError('upstream_unavailable', {
    retryAfter: RETRY_AFTER_SECONDS,
    upstream: { ...upstream, reason: 'keys cannot be fetched' },
  })
}

function isJwks(error: errors.JOSEError): boolean {
  return error.code === 'ERR_JWKS_INVALID'
}
