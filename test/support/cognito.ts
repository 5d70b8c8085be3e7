import { createHmac } from 'node:crypto'
import type { Test } from 'tap'
import { cognitoClient } from '../../src/cognito/client.ts'
import { cognitoUserPool, type UserPoolOptions } from '../../src/cognito/user-pool.ts'
import type { UserPool } from '../../src/sign-in/ports.ts'
import { startUpstream, text, type Answer, type Upstream } from './upstream.ts'

export const POOL_ID = 'eu-west-1_AbCdEf123'
export const CLIENT_ID = 'client1'
export const CLIENT_SECRET = 'client+secret'
export const ADA = '34c84488-f0b1-4d1c-9d1a-0e5f2f9d7c11'
export const EMAIL = 'ada@example.com'

/** An answer as Cognito sends it. */
export function awsJson(status: number, body: unknown): Answer {
  return text(status, JSON.stringify(body), {
    'content-type': 'application/x-amz-json-1.1',
    'x-amzn-requestid': 'request-id-1',
  })
}

/** An error as Cognito sends it: a bare name in the body, one with a colon in the header. */
export function awsError(name: string, message: string, status = 400): Answer {
  return text(status, JSON.stringify({ __type: name, message }), {
    'content-type': 'application/x-amz-json-1.1',
    'x-amzn-requestid': 'request-id-1',
    'x-amzn-errortype': `${name}:`,
    'x-amzn-errormessage': message,
  })
}

export interface PoolUnderTest extends Upstream {
  pool: UserPool
  /** The operations that were called, in order. */
  operations: () => string[]
  /** The parsed body of a call. */
  input: (index: number) => Record<string, unknown>
}

type PoolSettings = Partial<Pick<UserPoolOptions, 'clientSecret' | 'timeoutMs' | 'usernameForm'>>

/** Our adapter and the real SDK before a server that answers with `answers`, in order. */
export async function userPoolBefore(
  t: Test,
  answers: Answer[],
  options: PoolSettings = {},
): Promise<PoolUnderTest> {
  setTestCredentials()
  const unexpected = awsError('InternalErrorException', 'one call too many', 500)
  const upstream = await startUpstream(t, (_request, count) => answers[count - 1] ?? unexpected)
  return {
    ...upstream,
    pool: userPoolAt(upstream.url, options),
    operations: () =>
      upstream.requests.map(({ headers }) => String(headers['x-amz-target']).split('.')[1] ?? ''),
    input: (index) => JSON.parse(upstream.requests[index]?.body ?? '') as Record<string, unknown>,
  }
}

export function userPoolAt(endpoint: string, options: PoolSettings = {}): UserPool {
  setTestCredentials()
  return cognitoUserPool({
    client: cognitoClient({ region: 'eu-west-1', endpoint }),
    userPoolId: POOL_ID,
    clientId: CLIENT_ID,
    timeoutMs: 5_000,
    ...options,
  })
}

/** The default chain takes these, so that no test looks for credentials on this machine. */
function setTestCredentials(): void {
  process.env['AWS_ACCESS_KEY_ID'] = 'AKIDEXAMPLE'
  process.env['AWS_SECRET_ACCESS_KEY'] = 'example'
}

export const CHALLENGE = {
  ChallengeName: 'CUSTOM_CHALLENGE',
  Session: 'AYABe-session',
  ChallengeParameters: { USERNAME: ADA, token: 'a.b.c', url: 'https://mfa.example' },
}

export function accessTokenOf(username: unknown, clientId: unknown = CLIENT_ID): string {
  const claims = { username, client_id: clientId }
  return `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`
}

export function tokensFor(username: string): { AuthenticationResult: Record<string, unknown> } {
  return {
    AuthenticationResult: {
      AccessToken: accessTokenOf(username),
      IdToken: 'id.token.x',
      RefreshToken: 'refresh',
      ExpiresIn: 3600,
      TokenType: 'Bearer',
    },
  }
}

export function hashOf(username: string): string {
  return createHmac('sha256', CLIENT_SECRET)
    .update(username + CLIENT_ID)
    .digest('base64')
}

/** One call of each method of the port, with the same user in all of them. */
export const CALLS: Record<string, (pool: UserPool) => Promise<unknown>> = {
  InitiateAuth: (pool) => pool.beginChallenge(EMAIL),
  RespondToAuthChallenge: (pool) =>
    pool.answerChallenge({
      challenge: { cognitoSession: 'AYABe-session', username: ADA, parameters: {} },
      answer: 'an.answer.token',
      metadata: { issuedAt: '1' },
    }),
  AdminCreateUser: (pool) => pool.createUser({ kind: 'email', value: EMAIL }),
}
