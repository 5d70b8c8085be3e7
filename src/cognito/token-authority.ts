import {
  GetTokensFromRefreshTokenCommand,
  GlobalSignOutCommand,
  RevokeTokenCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { ServiceError } from '../errors.ts'
import type { TokenAuthority } from '../tokens/ports.ts'
import { readSdkError, upstreamFailure } from './exceptions.ts'
import { claimsOf, isText, readTokens, unusable } from './tokens.ts'
import type { UserPoolOptions } from './user-pool.ts'

/**
 * The TokenAuthority port over the AWS SDK. Refresh goes through GetTokensFromRefreshToken, which
 * works with rotation on and off and takes the client secret itself, so no username is needed
 * (AWS docs: amazon-cognito-user-pools-using-the-refresh-token).
 */
export function cognitoTokenAuthority(
  options: Pick<UserPoolOptions, 'client' | 'clientId' | 'clientSecret'>,
): TokenAuthority {
  const { client, clientId, clientSecret } = options
  const credentials = {
    ClientId: clientId,
    ...(clientSecret === undefined ? {} : { ClientSecret: clientSecret }),
  }

  return {
    async refresh(refreshToken, abortSignal) {
      const command = new GetTokensFromRefreshTokenCommand({
        ...credentials,
        RefreshToken: refreshToken,
      })
      try {
        const { AuthenticationResult = {} } = await client.send(command, { abortSignal })
        // Without rotation no new refresh token comes back: the old one stays good.
        const { RefreshToken = refreshToken, ...rest } = AuthenticationResult
        const result = { ...rest, RefreshToken }
        const tokens = readTokens('GetTokensFromRefreshToken', result, clientId)
        const { sub } = claimsOf(tokens.accessToken)
        if (!isText(sub)) throw unusable('GetTokensFromRefreshToken', 'tokens are of nobody')
        return { outcome: 'tokens', tokens, sub }
      } catch (error) {
        if (error instanceof ServiceError) throw error
        if (isRefusedToken(error)) return { outcome: 'refused' }
        throw upstreamFailure('GetTokensFromRefreshToken', error)
      }
    },

    async revoke(refreshToken, abortSignal) {
      try {
        await client.send(new RevokeTokenCommand({ ...credentials, Token: refreshToken }), {
          abortSignal,
        })
        return 'done'
      } catch (error) {
        if (isOverAlready(error)) return 'done'
        // Another client's token, or our own secret is wrong: nothing was ended, so do not say so.
        if (readSdkError(error).name === 'UnauthorizedException') return 'refused'
        throw upstreamFailure('RevokeToken', error)
      }
    },

    async revokeAll(accessToken, abortSignal) {
      try {
        await client.send(new GlobalSignOutCommand({ AccessToken: accessToken }), { abortSignal })
        return 'done'
      } catch (error) {
        if (isRefusedToken(error)) return 'refused'
        throw upstreamFailure('GlobalSignOut', error)
      }
    },
  }
}

function isRefusedToken(error: unknown): boolean {
  const { name, message } = readSdkError(error)
  // A wrong secret is our configuration; told as a bad token it would sign everybody out.
  const misconfigured = /secret/i.test(message)
  return (
    (name === 'NotAuthorizedException' && !misconfigured) ||
    name === 'RefreshTokenReuseException' ||
    name === 'UserNotFoundException' ||
    name === 'UserNotConfirmedException' ||
    name === 'PasswordResetRequiredException'
  )
}

/** Signing out is idempotent: a token that is dead or was none has nothing left to end. */
function isOverAlready(error: unknown): boolean {
  const { name } = readSdkError(error)
  return (
    name === 'NotAuthorizedException' ||
    name === 'UnsupportedTokenTypeException' ||
    name === 'InvalidParameterException' ||
    name === 'UserNotFoundException'
  )
}
