import {
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
  type RespondToAuthChallengeCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider'
import type { LocalCognito } from '../../local/index.ts'
import { srpClient } from './srp-client.ts'

/** What came back of a step; what directCaller's `respond` goes on from. */
export interface Step {
  challengeName: string | undefined
  session: string
  parameters: Record<string, string>
  accessToken?: string
}

/** Another client of the pool, which begins a custom sign-in with a password. */
export interface PasswordCaller {
  begin(username: string): Promise<Step>
  prove(from: Step, password: string, metadata?: Record<string, string>): Promise<Step>
  /** Both: where the password is right, the challenge that follows. */
  enter(username: string, password: string): Promise<Step>
}

export function passwordCaller(cognito: LocalCognito, clientId: string): PasswordCaller {
  const client = new CognitoIdentityProviderClient({
    region: 'eu-west-1',
    endpoint: cognito.url,
    maxAttempts: 1,
  })
  const srp = srpClient(cognito.poolId)
  const begin = async (username: string) =>
    stepOf(
      await client.send(
        new InitiateAuthCommand({
          AuthFlow: 'CUSTOM_AUTH',
          ClientId: clientId,
          AuthParameters: { USERNAME: username, CHALLENGE_NAME: 'SRP_A', SRP_A: srp.publicValue },
        }),
      ),
    )
  const prove: PasswordCaller['prove'] = async ({ session, parameters }, password, metadata) =>
    stepOf(
      await client.send(
        new RespondToAuthChallengeCommand({
          ChallengeName: 'PASSWORD_VERIFIER',
          ClientId: clientId,
          Session: session,
          ChallengeResponses: srp.claim(parameters, password),
          ...(metadata ? { ClientMetadata: metadata } : {}),
        }),
      ),
    )
  return {
    begin,
    prove,
    enter: async (username, password) => prove(await begin(username), password),
  }
}

function stepOf(answer: RespondToAuthChallengeCommandOutput): Step {
  const accessToken = answer.AuthenticationResult?.AccessToken
  return {
    challengeName: answer.ChallengeName,
    session: answer.Session ?? '',
    parameters: answer.ChallengeParameters ?? {},
    ...(accessToken ? { accessToken } : {}),
  }
}
