import type { Operation } from '../protocol/dispatch.ts'
import { AwsError } from '../protocol/errors.ts'
import * as fields from '../protocol/fields.ts'
import { answering, optional } from '../protocol/shape.ts'
import type { Needs } from '../services.ts'

/** AWS docs: token-revocation. This operation declares no NotAuthorized; its texts are assumed. */
export function revokeToken({
  clients,
  grants,
  accessTokens,
}: Needs<'clients' | 'grants' | 'accessTokens'>): Operation {
  return answering(
    { Token: fields.token, ClientId: fields.clientId, ClientSecret: optional(fields.clientSecret) },
    async ({ Token, ClientId, ClientSecret }) => {
      const client = clients.find(ClientId)
      if (!client || client.clientSecret !== ClientSecret) {
        throw new AwsError('UnauthorizedException', 'Invalid client or client secret')
      }
      if (!client.tokenRevocation) {
        const text = 'Token revocation is not enabled for the client'
        throw new AwsError('UnsupportedOperationException', text)
      }
      if (await accessTokens.isSigned(Token)) {
        throw new AwsError('UnsupportedTokenTypeException', 'Unsupported token type')
      }
      const grant = grants.byRefreshToken(Token)
      if (grant && grant.clientId !== ClientId) {
        throw new AwsError('UnauthorizedException', 'The token belongs to another client')
      }
      // Unconfirmed: a token that is dead or unknown is no error, as is the habit with OAuth.
      if (grant) grant.revoked = true
      return {}
    },
  )
}
