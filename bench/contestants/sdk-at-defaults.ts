import {
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import Fastify from 'fastify'

/** What most would write: Fastify and the AWS SDK as it comes, one client for all requests. */
const { PORT, COGNITO_ENDPOINT = '', COGNITO_CLIENT_ID = '', AWS_REGION = '' } = process.env
const client = new CognitoIdentityProviderClient({
  region: AWS_REGION,
  endpoint: COGNITO_ENDPOINT,
})

const app = Fastify()

app.post<{ Body: { email: string } }>('/start-sign-in', async ({ body }) => {
  const { Session, ChallengeParameters } = await client.send(
    new InitiateAuthCommand({
      AuthFlow: 'CUSTOM_AUTH',
      ClientId: COGNITO_CLIENT_ID,
      AuthParameters: { USERNAME: body.email },
    }),
  )
  const { token, url } = ChallengeParameters ?? {}
  return { session: Session, token, url, expiresIn: 180 }
})

app.post<{ Body: { session: string; token: string } }>('/finish-sign-in', async ({ body }) => {
  const { AuthenticationResult } = await client.send(
    new RespondToAuthChallengeCommand({
      ChallengeName: 'CUSTOM_CHALLENGE',
      ClientId: COGNITO_CLIENT_ID,
      Session: body.session,
      ChallengeResponses: { USERNAME: 'ada', ANSWER: body.token },
    }),
  )
  const { AccessToken, IdToken, RefreshToken } = AuthenticationResult ?? {}
  return { accessToken: AccessToken, idToken: IdToken, refreshToken: RefreshToken }
})

app.get('/health/ready', () => ({ status: 'ready' }))

await app.listen({ port: Number(PORT), host: '127.0.0.1' })
