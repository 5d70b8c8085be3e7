import type { Client } from '../clients.ts'
import { invalidParameter } from '../protocol/errors.ts'
import type { Needs } from '../services.ts'
import { verify, type Attempt } from './challenge-events.ts'
import { nextStep } from './custom-auth.ts'
import { presented, subjectOf, type ChallengeAnswer } from './presented.ts'
import { checkSecretHash } from './secret-hash.ts'

type Services = Needs<
  'pool' | 'clients' | 'users' | 'sessions' | 'grants' | 'tokenIssuer' | 'triggers'
>

export async function answerCustomChallenge(
  services: Services,
  client: Client,
  { session, responses, clientMetadata }: ChallengeAnswer,
): Promise<object> {
  if (!session) throw invalidParameter('Missing required parameter Session')
  const { USERNAME: username, ANSWER: answer, SECRET_HASH: secretHash } = responses
  if (!username) throw invalidParameter('Missing required parameter USERNAME')
  if (answer === undefined) throw invalidParameter('Missing required parameter ANSWER')
  checkSecretHash(client, username, secretHash)
  const { clientId } = client
  const challengeName = 'CUSTOM_CHALLENGE'
  const pending = presented(services, session, { challengeName, clientId, username })
  const subject = subjectOf(services, client, pending)
  const attempt: Attempt = { client, subject, rounds: pending.rounds, clientMetadata }
  const challengeResult = await verify(services, attempt, pending, answer)
  const round = { challengeName, challengeResult, challengeMetadata: pending.metadata } as const
  return nextStep(services, { ...attempt, rounds: [...pending.rounds, round] })
}
