import { incorrectUsernameOrPassword } from '../protocol/errors.ts'
import type { Needs } from '../services.ts'
import { unrecognizableOutput } from '../triggers/trigger-errors.ts'
import { signIn } from './authentication-result.ts'
import { create, define, type Attempt } from './challenge-events.ts'
import { passwordInCustomAuth } from './password-challenge.ts'

type Services = Needs<'pool' | 'triggers' | 'sessions' | 'grants' | 'tokenIssuer'>

/** Asks Define what comes next and does it (AWS docs: user-pool-lambda-challenge). */
export async function nextStep(services: Services, attempt: Attempt): Promise<object> {
  const { user } = attempt.subject
  const next = await define(services, attempt)
  if (next.failAuthentication) throw incorrectUsernameOrPassword()
  if (next.issueTokens) {
    // However well the answer was: there is nobody to sign in.
    if (!user) throw incorrectUsernameOrPassword()
    const tokens = await signIn(services, user, attempt.client, attempt.clientMetadata)
    return { ChallengeParameters: {}, AuthenticationResult: tokens }
  }
  // Assumed: a Define that decides nothing fails like one that gives up.
  if (next.challengeName === null) throw incorrectUsernameOrPassword()
  // Only right after SRP_A; what the service makes of it elsewhere is unconfirmed.
  if (next.challengeName === 'PASSWORD_VERIFIER' && attempt.srpA !== undefined) {
    return passwordInCustomAuth(services, attempt, attempt.srpA)
  }
  if (next.challengeName !== 'CUSTOM_CHALLENGE') throw unrecognizableOutput()
  return challenge(services, attempt)
}

async function challenge(services: Services, attempt: Attempt): Promise<object> {
  const { client, subject, rounds } = attempt
  const { publicParameters, privateParameters, metadata } = await create(services, attempt)
  const session = services.sessions.open(
    {
      challengeName: 'CUSTOM_CHALLENGE',
      clientId: client.clientId,
      username: subject.username,
      userExists: subject.user !== undefined,
      rounds,
      privateParameters,
      metadata,
    },
    client.authSessionValidityMinutes,
  )
  return {
    ChallengeName: 'CUSTOM_CHALLENGE',
    Session: session,
    // The real name, whatever was typed (aws/aws-sdk-go#3134, aws-amplify/aws-sdk-ios#3198).
    ChallengeParameters: { ...publicParameters, USERNAME: subject.username },
  }
}
