import type { Client } from '../clients.ts'
import { incorrectUsernameOrPassword } from '../protocol/errors.ts'
import type { Needs } from '../services.ts'
import { booleanIn, textIn, textsIn } from '../triggers/responses.ts'
import { triggerAttributes } from '../users/user.ts'
import type { PendingCustomChallenge, Round } from './session-store.ts'
import type { Subject } from './subject.ts'

type Metadata = Record<string, string> | undefined

/** One call's view of a sign-in under way. */
export interface Attempt {
  client: Client
  subject: Subject
  rounds: Round[]
  /** SRP_A of a call that begins with a password. */
  srpA?: bigint
  /** Of the current call; InitiateAuth's is never handed to these triggers (service model). */
  clientMetadata: Metadata
}

export interface NextStep {
  challengeName: string | null
  issueTokens: boolean
  failAuthentication: boolean
}

export interface NewChallenge {
  publicParameters: Record<string, string>
  privateParameters: Record<string, string>
  metadata: string | null
}

type Challengers = Needs<'pool' | 'triggers'>

/** AWS docs: user-pool-lambda-define-auth-challenge. */
export async function define({ pool, triggers }: Challengers, attempt: Attempt): Promise<NextStep> {
  const response = await triggers.run('defineAuthChallenge', {
    ...envelope('DefineAuthChallenge', attempt),
    request: { ...attributes({ pool }, attempt), session: attempt.rounds, ...extras(attempt) },
    response: { challengeName: null, issueTokens: null, failAuthentication: null },
  })
  return {
    challengeName: textIn(response, 'challengeName'),
    issueTokens: booleanIn(response, 'issueTokens'),
    failAuthentication: booleanIn(response, 'failAuthentication'),
  }
}

/** AWS docs: user-pool-lambda-create-auth-challenge. */
export async function create(
  { pool, triggers }: Challengers,
  attempt: Attempt,
): Promise<NewChallenge> {
  const response = await triggers.run('createAuthChallenge', {
    ...envelope('CreateAuthChallenge', attempt),
    request: {
      ...attributes({ pool }, attempt),
      challengeName: 'CUSTOM_CHALLENGE',
      session: attempt.rounds,
      ...extras(attempt),
    },
    response: {
      publicChallengeParameters: null,
      privateChallengeParameters: null,
      challengeMetadata: null,
    },
  })
  const privateParameters = textsIn(response, 'privateChallengeParameters')
  const publicParameters = textsIn(response, 'publicChallengeParameters')
  const metadata = textIn(response, 'challengeMetadata')
  // The misleading text is real (aws-samples/amazon-cognito-passwordless-auth#214); unconfirmed is
  // whether null, absence and an empty object all lead to it.
  if (Object.keys(privateParameters).length === 0) throw incorrectUsernameOrPassword()
  return { publicParameters, privateParameters, metadata }
}

/** Sees no session, no challenge name and no public parameters; unset counts as wrong. */
export async function verify(
  { pool, triggers }: Challengers,
  attempt: Attempt,
  { privateParameters }: PendingCustomChallenge,
  answer: string,
): Promise<boolean> {
  const response = await triggers.run('verifyAuthChallengeResponse', {
    ...envelope('VerifyAuthChallengeResponse', attempt),
    request: {
      ...attributes({ pool }, attempt),
      privateChallengeParameters: privateParameters,
      challengeAnswer: answer,
      ...extras(attempt),
    },
    response: { answerCorrect: null },
  })
  return booleanIn(response, 'answerCorrect')
}

function envelope(trigger: string, { client, subject }: Attempt) {
  return {
    source: `${trigger}_Authentication`,
    userName: subject.username,
    clientId: client.clientId,
  }
}

function attributes({ pool }: Needs<'pool'>, { subject }: Attempt) {
  return { userAttributes: subject.user ? triggerAttributes(pool, subject.user) : {} }
}

/** Keys are absent, not null, where they do not apply (aws-amplify/aws-sdk-ios#3488). */
function extras({ client, subject, clientMetadata }: Attempt) {
  return {
    ...(clientMetadata && { clientMetadata }),
    ...(client.preventUserExistenceErrors === 'ENABLED' && { userNotFound: !subject.user }),
  }
}
