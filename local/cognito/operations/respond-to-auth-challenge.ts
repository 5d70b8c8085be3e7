import type { Client } from '../clients.ts'
import { normalised } from '../pool.ts'
import type { Operation } from '../protocol/dispatch.ts'
import {
  AwsError,
  incorrectUsernameOrPassword,
  invalidParameter,
  userNotFound,
} from '../protocol/errors.ts'
import * as fields from '../protocol/fields.ts'
import { answering, optional, stringMap, text } from '../protocol/shape.ts'
import type { Needs } from '../services.ts'
import { verify, type Attempt } from '../sign-in/challenge-events.ts'
import { nextStep } from '../sign-in/custom-auth.ts'
import { checkSecretHash } from '../sign-in/secret-hash.ts'
import { invalidSession, type PendingChallenge } from '../sign-in/session-store.ts'
import { refuseByState, type Subject } from '../sign-in/subject.ts'

type Services = Needs<
  'pool' | 'clients' | 'users' | 'sessions' | 'grants' | 'tokenIssuer' | 'triggers'
>

const CHALLENGES = [
  'SMS_MFA',
  'EMAIL_OTP',
  'SMS_OTP',
  'SOFTWARE_TOKEN_MFA',
  'PASSWORD',
  'PASSWORD_SRP',
  'PASSWORD_VERIFIER',
  'CUSTOM_CHALLENGE',
  'SELECT_CHALLENGE',
  'NEW_PASSWORD_REQUIRED',
  'WEB_AUTHN',
] as const

export function respondToAuthChallenge(services: Services): Operation {
  return answering(
    {
      ClientId: fields.clientId,
      ChallengeName: text({ oneOf: CHALLENGES }),
      Session: optional(fields.session),
      ChallengeResponses: stringMap,
      ClientMetadata: fields.clientMetadata,
    },
    ({ ClientId, ChallengeName, Session, ChallengeResponses, ClientMetadata }) => {
      const client = services.clients.get(ClientId)
      if (ChallengeName !== 'CUSTOM_CHALLENGE') {
        throw new AwsError(
          'UnsupportedOperationException',
          `The stand-in does not speak ${ChallengeName}`,
        )
      }
      if (!Session) throw invalidParameter('Missing required parameter Session')
      const { USERNAME, ANSWER, SECRET_HASH } = ChallengeResponses
      if (!USERNAME) throw invalidParameter('Missing required parameter USERNAME')
      if (ANSWER === undefined) throw invalidParameter('Missing required parameter ANSWER')
      checkSecretHash(client, USERNAME, SECRET_HASH)
      const pending = presented(services, client, Session, USERNAME)
      return answerChallenge(services, client, pending, ANSWER, ClientMetadata)
    },
  )
}

/** The session is spent from here on, even if it turns out to be somebody else's. */
function presented(
  { pool, sessions }: Services,
  { clientId }: Client,
  session: string,
  username: string,
): PendingChallenge {
  const pending = sessions.present(session)
  // Strict: an alias was accepted for some other challenges and refused for others, so only the
  // echoed name will do here (amplify-js#7615 against capless/warrant#74).
  const sameUser = normalised(pool, pending.username) === normalised(pool, username)
  if (!sameUser || pending.clientId !== clientId) throw invalidSession()
  return pending
}

async function answerChallenge(
  services: Services,
  client: Client,
  pending: PendingChallenge,
  answer: string,
  clientMetadata: Record<string, string> | undefined,
): Promise<object> {
  const subject = subjectOf(services, client, pending)
  const attempt: Attempt = { client, subject, rounds: pending.rounds, clientMetadata }
  const challengeResult = await verify(services, attempt, pending, answer)
  const round = {
    challengeName: 'CUSTOM_CHALLENGE',
    challengeResult,
    challengeMetadata: pending.metadata,
  } as const
  return nextStep(services, { ...attempt, rounds: [...pending.rounds, round] })
}

/** Unconfirmed: what a user is told who was deleted or disabled between the two calls. */
function subjectOf({ users }: Services, client: Client, pending: PendingChallenge): Subject {
  if (!pending.userExists) return { username: pending.username, user: undefined }
  const user = users.byUsername(pending.username)
  if (!user) {
    throw client.preventUserExistenceErrors === 'LEGACY'
      ? userNotFound()
      : incorrectUsernameOrPassword()
  }
  refuseByState(client, user)
  return { username: user.username, user }
}
