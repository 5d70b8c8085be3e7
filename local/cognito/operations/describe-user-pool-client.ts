import { requirePool } from '../pool.ts'
import type { Operation } from '../protocol/dispatch.ts'
import * as fields from '../protocol/fields.ts'
import { answering } from '../protocol/shape.ts'
import type { Needs } from '../services.ts'

export function describeUserPoolClient({ pool, clients }: Needs<'pool' | 'clients'>): Operation {
  return answering(
    { UserPoolId: fields.userPoolId, ClientId: fields.clientId },
    ({ UserPoolId, ClientId }) => {
      requirePool(pool, UserPoolId)
      const client = clients.get(ClientId)
      const rotation = client.refreshTokenRotation
      return {
        UserPoolClient: {
          UserPoolId: pool.id,
          ClientName: client.clientId,
          ClientId: client.clientId,
          ClientSecret: client.clientSecret,
          ExplicitAuthFlows: client.explicitAuthFlows,
          WriteAttributes: client.writeAttributes,
          ReadAttributes: client.readAttributes,
          PreventUserExistenceErrors: client.preventUserExistenceErrors,
          AuthSessionValidity: client.authSessionValidityMinutes,
          EnableTokenRevocation: client.tokenRevocation,
          AccessTokenValidity: client.accessTokenSeconds,
          IdTokenValidity: client.idTokenSeconds,
          RefreshTokenValidity: client.refreshTokenSeconds,
          TokenValidityUnits: {
            AccessToken: 'seconds',
            IdToken: 'seconds',
            RefreshToken: 'seconds',
          },
          ...(rotation && {
            RefreshTokenRotation: {
              Feature: 'ENABLED',
              RetryGracePeriodSeconds: rotation.retryGracePeriodSeconds,
            },
          }),
        },
      }
    },
  )
}
