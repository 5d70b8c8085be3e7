import {
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import type { LocalCognito } from '../../local/index.ts'

/** Somebody who calls Cognito past the service: possible for whoever knows a client without a secret. */
export interface DirectCaller {
  initiate(username: string): Promise<{ session: string; parameters: Record<string, string> }>
  /** Access token, or undefined when another challenge came back. */
  respond(
    from: { session: string; parameters: Record<string, string> },
    answer: string,
    metadata?: Record<string, string>,
  ): Promise<{ accessToken?: string; session?: string; parameters: Record<string, string> }>
}

export function directCaller(cognito: LocalCognito, clientId: string): DirectCaller {
  const client = new CognitoIdentityProviderClient({
    region: 'eu-west-1',
    endpoint: cognito.url,
    maxAttempts: 1,
  })
  return {
    async initiate(username) {
      const answer = await client.send(
        new InitiateAuthCommand({
          AuthFlow: 'CUSTOM_AUTH',
          ClientId: clientId,
          AuthParameters: { USERNAME: username },
        }),
      )
      return { session: answer.Session!, parameters: answer.ChallengeParameters ?? {} }
    },
    async respond({ session, parameters }, answer, metadata) {
      const result = await client.send(
        new RespondToAuthChallengeCommand({
          ChallengeName: 'CUSTOM_CHALLENGE',
          ClientId: clientId,
          Session: session,
          ChallengeResponses: { USERNAME: parameters['USERNAME']!, ANSWER: answer },
          ...(metadata ? { ClientMetadata: metadata } : {}),
        }),
      )
      return {
        parameters: result.ChallengeParameters ?? {},
        ...(result.Session ? { session: result.Session } : {}),
        ...(result.AuthenticationResult?.AccessToken
          ? { accessToken: result.AuthenticationResult.AccessToken }
          : {}),
      }
    },
  }
}
