import type { AuthenticationResultType } from '@aws-sdk/client-cognito-identity-provider'
import { ServiceError } from '../errors.ts'
import type { Tokens } from '../sign-in/ports.ts'

/**
 * Reads the tokens of an answer.
 * @param owner whose they must be; whoever's they are when left out. `userId` is the sub, or the
 *   username, which some pools' triggers use as the Authsignal user id (authsignal/cognito-lambdas)
 * @throws ServiceError `upstream_error` when they are not all there, or of another user or client
 */
export function readTokens(
  operation: string,
  result: AuthenticationResultType,
  clientId: string,
  owner: { username?: string; userId?: string } = {},
): Tokens {
  const { AccessToken, IdToken, RefreshToken, ExpiresIn } = result
  const areComplete = isText(AccessToken) && isText(IdToken) && isText(RefreshToken)
  if (!areComplete || !ExpiresIn || !Number.isInteger(ExpiresIn)) {
    throw unusable(operation, 'tokens are missing')
  }
  // The answer came from Cognito over TLS, so the signature adds nothing; but tokens of another
  // user or client must never leave, however they came to be here.
  const claims = claimsOf(AccessToken)
  const { username = claims['username'], userId = claims['sub'] } = owner
  const isTheirs =
    claims['username'] === username && [claims['sub'], claims['username']].includes(userId)
  if (!isTheirs || claims['client_id'] !== clientId) {
    throw unusable(operation, 'tokens are of another user or client')
  }
  return {
    accessToken: AccessToken,
    idToken: IdToken,
    refreshToken: RefreshToken,
    expiresIn: ExpiresIn,
  }
}

/** The SDK passes on whatever the JSON holds, whatever its types say. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

export function unusable(operation: string, reason: string): ServiceError {
  return new ServiceError('upstream_error', {
    upstream: { service: 'cognito', operation, reason },
  })
}

/** What a token of Cognito's says, for tokens that came from Cognito itself: nothing is verified. */
export function claimsOf(jwt: string): Record<string, unknown> {
  try {
    const payload = Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()
    const claims: unknown = JSON.parse(payload)
    return isRecord(claims) ? claims : {}
  } catch {
    return {}
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
