import {
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import t from 'tap'
import { clientId, poolId, startSubject } from '../support.ts'

t.test('pool and client can be described', async (t) => {
  const { cognito } = await startSubject(t, {
    clients: [{ clientId, refreshTokenRotation: { retryGracePeriodSeconds: 30 } }],
  })
  const { UserPool } = await cognito.send(new DescribeUserPoolCommand({ UserPoolId: poolId }))
  t.match(UserPool, {
    Id: poolId,
    UsernameAttributes: ['email', 'phone_number'],
    UsernameConfiguration: { CaseSensitive: false },
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
  })
  const described = await cognito.send(
    new DescribeUserPoolClientCommand({ UserPoolId: poolId, ClientId: clientId }),
  )
  t.match(described.UserPoolClient, {
    ClientId: clientId,
    PreventUserExistenceErrors: 'ENABLED',
    AuthSessionValidity: 3,
    RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 30 },
  })
})
