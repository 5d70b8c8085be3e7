import { incorrectUsernameOrPassword } from '../protocol/errors.ts'
import type { Needs } from '../services.ts'
import { unrecognizableOutput } from '../triggers/trigger-errors.ts'
import { signIn } from './authentication-result.ts'
import { create, define, type Attempt } from './challenge-events.ts'

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
  // The real service would go on with SRP or a password here, which the stand-in does not speak.
  if (next.challengeName !== 'CUSTOM_CHALLENGE') throw unrecognizableOutput()
  return challenge(services, attempt)
}

async function challenge(services: Services, attempt: Attempt): Promise<object> {
  const { client, subject, rounds } = attempt
  const { publicParameters, privateParameters, metadata } = await create(services, attempt)
  const session = services.sessions.open(
    {
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
