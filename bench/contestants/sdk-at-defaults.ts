import {
  AdminInitiateAuthCommand,
  AdminRespondToAuthChallengeCommand,
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import Fastify from 'fastify'

/**
 * What most would write: Fastify and the AWS SDK as it comes, one client for all requests, with the calls
 * that AWS documents for servers, which the SDK signs. UNSIGNED=1 makes those that the service makes.
 */
const { PORT, COGNITO_ENDPOINT = '', COGNITO_CLIENT_ID = '', AWS_REGION = '' } = process.env
const UserPoolId = process.env['COGNITO_USER_POOL_ID']
const isSigned = process.env['UNSIGNED'] !== '1'
const client = new CognitoIdentityProviderClient({
  region: AWS_REGION,
  endpoint: COGNITO_ENDPOINT,
})

function initiate(username: string) {
  const input = {
    AuthFlow: 'CUSTOM_AUTH',
    ClientId: COGNITO_CLIENT_ID,
    AuthParameters: { USERNAME: username },
  } as const
  return isSigned
    ? client.send(new AdminInitiateAuthCommand({ ...input, UserPoolId }))
    : client.send(new InitiateAuthCommand(input))
}

function respond(session: string, token: string) {
  const input = {
    ChallengeName: 'CUSTOM_CHALLENGE',
    ClientId: COGNITO_CLIENT_ID,
    Session: session,
    ChallengeResponses: { USERNAME: 'ada', ANSWER: token },
  } as const
  return isSigned
    ? client.send(new AdminRespondToAuthChallengeCommand({ ...input, UserPoolId }))
    : client.send(new RespondToAuthChallengeCommand(input))
}

const app = Fastify()

app.post<{ Body: { email: string } }>('/start-sign-in', async ({ body }) => {
  const { Session, ChallengeParameters } = await initiate(body.email)
  const { token, url } = ChallengeParameters ?? {}
  return { session: Session, token, url, expiresIn: 180 }
})

app.post<{ Body: { session: string; token: string } }>('/finish-sign-in', async ({ body }) => {
  const { AuthenticationResult } = await respond(body.session, body.token)
  const { AccessToken, IdToken, RefreshToken } = AuthenticationResult ?? {}
  return { accessToken: AccessToken, idToken: IdToken, refreshToken: RefreshToken }
})

app.get('/health/ready', () => ({ status: 'ready' }))

await app.listen({ port: Number(PORT), host: '127.0.0.1' })
