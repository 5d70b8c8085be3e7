import {
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
  type CognitoIdentityProviderClient,
  type InitiateAuthCommandOutput,
  type RespondToAuthChallengeCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider'
import type { PendingChallenge, UserPool } from '../sign-in/ports.ts'
import type { Deadline } from './create-as.ts'
import { createUser } from './create-user.ts'
import { readSdkError, upstreamFailure } from './exceptions.ts'
import { lookup } from './lookup.ts'
import { byAdministrator, bySignUp, type Registration } from './registration.ts'
import { secretHashes } from './secret-hash.ts'
import { isText, readTokens, unusable } from './tokens.ts'
import type { MacKey } from '../trigger-protocol/derived-key.ts'

export interface UserPoolOptions {
  client: CognitoIdentityProviderClient
  userPoolId: string
  clientId: string
  clientSecret?: string | undefined
  /** Signs for new users, who are then made with SignUp; without it AdminCreateUser makes them. */
  signUpKey?: MacKey | undefined
  /** Whether the pool knows users by their addresses, or they have to be looked up. */
  usernameForm?: 'attribute' | 'lookup'
  /** Deadline of a call that comes without one. */
  timeoutMs: number
}

/** The UserPool port over the AWS SDK. */
export function cognitoUserPool(options: UserPoolOptions): UserPool {
  const { client, clientId, clientSecret, timeoutMs } = options
  const { signUpKey } = options
  const secretHash = secretHashes(clientSecret, clientId)
  const registration =
    signUpKey === undefined ? byAdministrator(options) : bySignUp(options, signUpKey)
  const deadline = (signal = AbortSignal.timeout(timeoutMs)) => ({ abortSignal: signal })
  const users =
    options.usernameForm === 'lookup'
      ? lookup(options, registration, deadline)
      : byAttribute(options, registration, deadline)

  return {
    ...users,

    async beginChallenge(username, signal) {
      const command = new InitiateAuthCommand({
        AuthFlow: 'CUSTOM_AUTH',
        ClientId: clientId,
        AuthParameters: { USERNAME: username, ...secretHash(username) },
      })
      try {
        const answer = await client.send(command, deadline(signal))
        return { outcome: 'challenge', challenge: pendingChallenge('InitiateAuth', answer) }
      } catch (error) {
        const { name } = readSdkError(error)
        if (name === 'UserNotFoundException') return { outcome: 'no_such_user' }
        if (mayNotSignIn(error)) return { outcome: 'refused' }
        throw upstreamFailure('InitiateAuth', error)
      }
    },

    async answerChallenge({ challenge, answer, metadata, userId }, signal) {
      const { cognitoSession, username } = challenge
      const command = new RespondToAuthChallengeCommand({
        ChallengeName: 'CUSTOM_CHALLENGE',
        ClientId: clientId,
        Session: cognitoSession,
        ChallengeResponses: {
          USERNAME: username,
          ANSWER: answer,
          ...secretHash(username),
        },
        ClientMetadata: metadata,
      })
      try {
        const output = await client.send(command, deadline(signal))
        const { AuthenticationResult: result } = output
        if (result) {
          const owner = { username, ...(userId === undefined ? {} : { userId }) }
          const tokens = readTokens('RespondToAuthChallenge', result, clientId, owner)
          return { outcome: 'tokens', tokens }
        }
        // A wrong answer is no error to Cognito: the next challenge comes back with 200.
        return {
          outcome: 'challenge',
          challenge: pendingChallenge('RespondToAuthChallenge', output),
        }
      } catch (error) {
        if (isSessionGone(error)) return { outcome: 'session_gone' }
        if (isRefusal(error) || mayNotSignIn(error)) return { outcome: 'refused' }
        throw upstreamFailure('RespondToAuthChallenge', error)
      }
    },
  }
}

/** Cognito resolves the address, as username or alias. */
function byAttribute(
  options: UserPoolOptions,
  registration: Registration,
  deadline: Deadline,
): Pick<UserPool, 'findUser' | 'createUser'> {
  return {
    findUser: async ({ value }) => ({ outcome: 'named', username: value }),
    createUser: createUser(options, registration, deadline),
  }
}

/** States of a user, not of the service; named alike at start and at finish. */
function mayNotSignIn(error: unknown): boolean {
  const { name, message } = readSdkError(error)
  return (
    name === 'UserNotConfirmedException' ||
    name === 'PasswordResetRequiredException' ||
    (name === 'NotAuthorizedException' && message.startsWith('User is disabled'))
  )
}

/** Define gave up, or the user went away meanwhile: one outcome, whatever the text. */
function isRefusal(error: unknown): boolean {
  const { name, message } = readSdkError(error)
  // A wrong secret is our configuration, not the user's proof.
  const misconfigured = /secret[ _]?hash/i.test(message)
  return (
    (name === 'NotAuthorizedException' && !misconfigured) ||
    name === 'CodeMismatchException' ||
    name === 'UserNotFoundException'
  )
}

function isSessionGone(error: unknown): boolean {
  const { name, message } = readSdkError(error)
  return (
    name === 'ExpiredCodeException' ||
    (name === 'NotAuthorizedException' && message.startsWith('Invalid session for the user'))
  )
}

function pendingChallenge(
  operation: string,
  answer: InitiateAuthCommandOutput | RespondToAuthChallengeCommandOutput,
): PendingChallenge {
  const { ChallengeName: name, Session: session, ChallengeParameters } = answer
  const parameters = ChallengeParameters ?? {}
  const username = parameters['USERNAME']
  if (name !== 'CUSTOM_CHALLENGE' || !isText(session) || !isText(username)) {
    // Pool MFA switched on, or Define issued tokens at once: neither is a passwordless pool.
    throw unusable(operation, 'answer is no custom challenge')
  }
  if (!Object.values(parameters).every((value) => typeof value === 'string')) {
    throw unusable(operation, 'challenge parameters are no texts')
  }
  return { cognitoSession: session, username, parameters }
}
