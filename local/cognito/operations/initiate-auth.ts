import { requireFlow, type Client } from '../clients.ts'
import type { Operation } from '../protocol/dispatch.ts'
import { AwsError, invalidParameter, notAuthorized } from '../protocol/errors.ts'
import * as fields from '../protocol/fields.ts'
import { answering, stringMap, text } from '../protocol/shape.ts'
import type { Needs } from '../services.ts'
import { refresh } from '../sign-in/authentication-result.ts'
import { nextStep } from '../sign-in/custom-auth.ts'
import { passwordOfUserSrpAuth, readSrpA } from '../sign-in/password-challenge.ts'
import { checkSecretHash } from '../sign-in/secret-hash.ts'
import { refuseByState, refuseUnconfirmed, subjectNamed, type Subject } from '../sign-in/subject.ts'

type Services = Needs<
  'pool' | 'clients' | 'users' | 'sessions' | 'grants' | 'tokenIssuer' | 'triggers'
>
type Parameters = Record<string, string>

const FLOWS = [
  'USER_SRP_AUTH',
  'REFRESH_TOKEN_AUTH',
  'REFRESH_TOKEN',
  'CUSTOM_AUTH',
  'USER_PASSWORD_AUTH',
  'USER_AUTH',
] as const

export function initiateAuth(services: Services): Operation {
  return answering(
    {
      ClientId: fields.clientId,
      AuthFlow: text({ oneOf: FLOWS }),
      AuthParameters: stringMap,
      // Read, then dropped: it reaches none of the triggers of these flows (service model).
      ClientMetadata: fields.clientMetadata,
    },
    ({ ClientId, AuthFlow, AuthParameters }) => {
      const client = services.clients.get(ClientId)
      const flow = AuthFlow === 'REFRESH_TOKEN' ? 'REFRESH_TOKEN_AUTH' : AuthFlow
      requireFlow(client, flow)
      if (flow === 'CUSTOM_AUTH') return startCustomAuth(services, client, AuthParameters)
      if (flow === 'USER_SRP_AUTH') return startUserSrpAuth(services, client, AuthParameters)
      if (flow === 'REFRESH_TOKEN_AUTH') return refreshTokens(services, client, AuthParameters)
      throw new AwsError('UnsupportedOperationException', `The stand-in does not speak ${flow}`)
    },
  )
}

async function startCustomAuth(services: Services, client: Client, parameters: Parameters) {
  if (!services.triggers.has('defineAuthChallenge')) {
    throw invalidParameter('Custom auth lambda trigger is not configured for the user pool.')
  }
  const srpA = passwordFirst(client, parameters)
  const attempt = {
    client,
    subject: whoStarts(services, client, parameters),
    clientMetadata: undefined,
  }
  if (srpA === undefined) return nextStep(services, { ...attempt, rounds: [] })
  return nextStep(services, { ...attempt, rounds: [SRP_A], srpA })
}

/** AWS docs: user-pool-lambda-define-auth-challenge; it says nothing of the password yet. */
const SRP_A = { challengeName: 'SRP_A', challengeResult: true, challengeMetadata: null } as const

/** Assumed: a custom sign-in may begin with a password only where the SRP flow itself is allowed. */
function passwordFirst(client: Client, parameters: Parameters): bigint | undefined {
  if (parameters['CHALLENGE_NAME'] !== 'SRP_A') return undefined
  requireFlow(client, 'USER_SRP_AUTH')
  return readSrpA(required(parameters, 'SRP_A'))
}

function startUserSrpAuth(services: Services, client: Client, parameters: Parameters): object {
  const srpA = readSrpA(required(parameters, 'SRP_A'))
  const subject = whoStarts(services, client, parameters)
  return passwordOfUserSrpAuth(services, client, subject, srpA)
}

function whoStarts(services: Services, client: Client, parameters: Parameters): Subject {
  const name = required(parameters, 'USERNAME')
  refuseUnconfirmed(services.users.forSignIn(name))
  checkSecretHash(client, name, parameters['SECRET_HASH'])
  const subject = subjectNamed(services, client, name)
  if (subject.user) refuseByState(client, subject.user)
  return subject
}

async function refreshTokens(services: Services, client: Client, parameters: Parameters) {
  const { grants, users } = services
  if (client.refreshTokenRotation) {
    // Unconfirmed: the documentation calls the two incompatible and does not show the refusal.
    throw invalidParameter('REFRESH_TOKEN_AUTH is not enabled for the client.')
  }
  const token = required(parameters, 'REFRESH_TOKEN')
  // Over the real username, which the caller does not send (boto/boto3#2736).
  const username = grants.byRefreshToken(token)?.username ?? ''
  checkSecretHash(client, username, parameters['SECRET_HASH'])
  const grant = grants.redeem(token, client.clientId)
  const user = users.byUsername(grant.username)
  if (!user) throw notAuthorized('Invalid Refresh Token.')
  const tokens = await refresh(services, { user, client, grant })
  return { ChallengeParameters: {}, AuthenticationResult: tokens }
}

function required(parameters: Parameters, name: string): string {
  const value = parameters[name]
  if (!value) throw invalidParameter(`Missing required parameter ${name}`)
  return value
}
