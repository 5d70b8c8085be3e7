import {
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
  type InitiateAuthCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider'
import type { Test } from 'tap'
import {
  startLocalCognito,
  type LocalCognito,
  type LocalCognitoOptions,
  type TriggerEvent,
} from '../../../local/cognito/index.ts'

export const clientId = 'publicclient'
export const poolId = 'eu-west-1_LocalPool1'

/** The part of trigger events that these tests read. */
export interface ChallengeEvent extends TriggerEvent {
  request: {
    userAttributes: Record<string, string>
    session: { challengeResult: boolean; challengeMetadata: string | null }[]
    challengeAnswer: string
    privateChallengeParameters: Record<string, string>
    userNotFound?: boolean
  }
}

/** Three tries at a code that is always 123456. */
export const codeTriggers = {
  defineAuthChallenge: (event: ChallengeEvent) => {
    const { session } = event.request
    const solved = session.at(-1)?.challengeResult === true
    event.response = solved
      ? { issueTokens: true, failAuthentication: false }
      : session.length >= 3
        ? { issueTokens: false, failAuthentication: true }
        : { challengeName: 'CUSTOM_CHALLENGE', issueTokens: false, failAuthentication: false }
    return event
  },
  createAuthChallenge: (event: ChallengeEvent) => {
    event.response = {
      publicChallengeParameters: { url: 'https://example.com/challenge' },
      privateChallengeParameters: { code: '123456' },
      challengeMetadata: `ROUND_${event.request.session.length + 1}`,
    }
    return event
  },
  verifyAuthChallengeResponse: (event: ChallengeEvent) => {
    const { challengeAnswer, privateChallengeParameters } = event.request
    event.response = { answerCorrect: challengeAnswer === privateChallengeParameters['code'] }
    return event
  },
}

export interface Subject {
  local: LocalCognito
  cognito: CognitoIdentityProviderClient
  start: (
    username: string,
    parameters?: Record<string, string>,
  ) => Promise<InitiateAuthCommandOutput>
  answer: (
    started: InitiateAuthCommandOutput,
    answer: string,
    more?: { clientMetadata?: Record<string, string>; username?: string; clientId?: string },
  ) => Promise<InitiateAuthCommandOutput>
  signIn: (username: string) => Promise<Tokens>
}

export interface Tokens {
  AccessToken: string
  IdToken: string
  RefreshToken: string
}

/** A stand-in of its own for every test, with the real SDK in front of it. */
export async function startSubject(
  t: Test,
  options: Partial<LocalCognitoOptions> = {},
): Promise<Subject> {
  const local = await startLocalCognito({
    clients: [{ clientId }],
    triggers: codeTriggers,
    ...options,
  })
  const cognito = sdkClient(local.url)
  t.teardown(async () => {
    cognito.destroy()
    await local.close()
  })

  const start: Subject['start'] = (username, parameters = {}) =>
    cognito.send(
      new InitiateAuthCommand({
        ClientId: clientId,
        AuthFlow: 'CUSTOM_AUTH',
        AuthParameters: { USERNAME: username, ...parameters },
      }),
    )
  const answer: Subject['answer'] = (started, text, more = {}) =>
    cognito.send(
      new RespondToAuthChallengeCommand({
        ClientId: more.clientId ?? clientId,
        ChallengeName: 'CUSTOM_CHALLENGE',
        Session: started.Session,
        ChallengeResponses: {
          USERNAME: more.username ?? started.ChallengeParameters?.['USERNAME'] ?? '',
          ANSWER: text,
        },
        ClientMetadata: more.clientMetadata,
      }),
    )
  const signIn = async (username: string) => {
    const { AuthenticationResult } = await answer(await start(username), '123456')
    return AuthenticationResult as Tokens
  }
  return { local, cognito, start, answer, signIn }
}

export function sdkClient(endpoint: string): CognitoIdentityProviderClient {
  return new CognitoIdentityProviderClient({
    region: 'eu-west-1',
    endpoint,
    credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
    maxAttempts: 1,
  })
}

/** What a call failed with; it is an error of the test if it does not fail. */
export async function errorOf(call: Promise<unknown>): Promise<{ name: string; message: string }> {
  try {
    await call
  } catch (error) {
    if (error instanceof Error) return { name: error.name, message: error.message }
  }
  throw new Error('expected an error')
}

export const notAuthorized = (message: string) => ({ name: 'NotAuthorizedException', message })
export const invalidParameter = (message: string) => ({
  name: 'InvalidParameterException',
  message,
})
