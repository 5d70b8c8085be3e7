import {
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import t from 'tap'
import { clientId, errorOf, poolId, startSubject } from '../support.ts'

const describePool = new DescribeUserPoolCommand({ UserPoolId: poolId })

t.test('pool and client can be described', async (t) => {
  const { cognito } = await startSubject(t, {
    clients: [{ clientId, refreshTokenRotation: { retryGracePeriodSeconds: 30 } }],
  })
  const { UserPool } = await cognito.send(describePool)
  t.match(UserPool, {
    Id: poolId,
    Arn: `arn:aws:cognito-idp:eu-west-1:000000000000:userpool/${poolId}`,
    UsernameAttributes: ['email', 'phone_number'],
    UsernameConfiguration: { CaseSensitive: false },
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
    MfaConfiguration: 'OFF',
    DeletionProtection: 'ACTIVE',
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
  t.equal(described.UserPoolClient?.WriteAttributes, undefined, 'what is not set is not told')
})

t.test('the attached triggers are described as functions, and no others', async (t) => {
  const { cognito } = await startSubject(t)
  const { UserPool } = await cognito.send(describePool)
  const arn = 'arn:aws:lambda:eu-west-1:000000000000:function:'
  t.strictSame(UserPool?.LambdaConfig, {
    DefineAuthChallenge: `${arn}DefineAuthChallenge`,
    CreateAuthChallenge: `${arn}CreateAuthChallenge`,
    VerifyAuthChallengeResponse: `${arn}VerifyAuthChallengeResponse`,
  })
})

t.test('the schema has every standard attribute, required ones marked', async (t) => {
  const { cognito } = await startSubject(t, { described: { requiredAttributes: ['name'] } })
  const { UserPool } = await cognito.send(describePool)
  const attributes = UserPool?.SchemaAttributes ?? []
  t.strictSame(
    attributes.filter(({ Required }) => Required).map(({ Name }) => Name),
    ['sub', 'name'],
  )
  t.ok(attributes.some(({ Name, Mutable }) => Name === 'email' && Mutable))
})

t.test('another pool and another client are not there', async (t) => {
  const { cognito } = await startSubject(t)
  t.match(
    await errorOf(cognito.send(new DescribeUserPoolCommand({ UserPoolId: 'eu-west-1_Other' }))),
    {
      name: 'ResourceNotFoundException',
      message: 'User pool eu-west-1_Other does not exist.',
    },
  )
  t.match(
    await errorOf(
      cognito.send(new DescribeUserPoolClientCommand({ UserPoolId: poolId, ClientId: 'other' })),
    ),
    { name: 'ResourceNotFoundException', message: 'User pool client other does not exist.' },
  )
})
