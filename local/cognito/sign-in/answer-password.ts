import type { Client } from '../clients.ts'
import { AwsError, incorrectUsernameOrPassword, invalidParameter } from '../protocol/errors.ts'
import type { Needs } from '../services.ts'
import { isPasswordProven } from '../srp/exchange.ts'
import { poolName } from '../srp/password.ts'
import { signIn } from './authentication-result.ts'
import { nextStep } from './custom-auth.ts'
import { presented, subjectOf, type ChallengeAnswer } from './presented.ts'
import { checkSecretHash } from './secret-hash.ts'
import type { PendingPassword } from './session-store.ts'
import type { User } from '../users/user.ts'

type Services = Needs<
  'pool' | 'clients' | 'users' | 'sessions' | 'grants' | 'tokenIssuer' | 'triggers'
>

export async function answerPassword(
  services: Services,
  client: Client,
  { session, responses, clientMetadata }: ChallengeAnswer,
): Promise<object> {
  const claim = readClaim(responses)
  checkSecretHash(client, claim.username, responses['SECRET_HASH'])
  const pending = pendingOf(services, client, session, claim)
  const subject = subjectOf(services, client, pending)
  // Nobody can prove the password of a user that does not exist; were it otherwise, nobody gets in.
  const user = isProvenBy(services, pending, claim) ? subject.user : undefined
  if (user) refuseTemporary(user)
  if (pending.authFlow === 'CUSTOM_AUTH') {
    const round = {
      challengeName: 'PASSWORD_VERIFIER',
      challengeResult: user !== undefined,
    } as const
    const rounds = [...pending.rounds, { ...round, challengeMetadata: null }]
    // Unconfirmed: that Define is asked after a wrong password too.
    return nextStep(services, { client, subject, rounds, clientMetadata })
  }
  if (!user) throw incorrectUsernameOrPassword()
  const tokens = await signIn(services, user, client, clientMetadata)
  return { ChallengeParameters: {}, AuthenticationResult: tokens }
}

type Claim = ReturnType<typeof readClaim>

function readClaim(responses: Record<string, string>) {
  const required = (name: string): string => {
    const value = responses[name]
    if (!value) throw invalidParameter(`Missing required parameter ${name}`)
    return value
  }
  return {
    username: required('USERNAME'),
    secretBlock: required('PASSWORD_CLAIM_SECRET_BLOCK'),
    signature: required('PASSWORD_CLAIM_SIGNATURE'),
    timestamp: readTimestamp(required('TIMESTAMP')),
  }
}

const TIMESTAMP =
  /^((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)) 0?(\d{1,2} \d{2}:\d{2}:\d{2} [A-Z]{3} \d{4})$/

/**
 * As it is signed: a day written 05 is read and then spelled 5, so its signature is wrong
 * (qwigo/warrant#12). The text of the refusal is real (amazon-cognito-identity-js#683).
 */
function readTimestamp(text: string): string {
  const [, weekdayAndMonth, rest] = TIMESTAMP.exec(text) ?? []
  if (rest) return `${weekdayAndMonth} ${rest}`
  throw invalidParameter('TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.')
}

function pendingOf(
  services: Services,
  { clientId }: Client,
  session: string | undefined,
  { username, secretBlock }: Claim,
): PendingPassword {
  const by = { challengeName: 'PASSWORD_VERIFIER', clientId, username } as const
  if (session !== undefined) return presented(services, session, by)
  try {
    return presented(services, secretBlock, by)
  } catch {
    // Assumed: without a session there is nothing to say of one.
    throw incorrectUsernameOrPassword()
  }
}

function isProvenBy(
  { pool }: Services,
  { exchange, username: userId }: PendingPassword,
  { secretBlock, signature, timestamp }: Claim,
): boolean {
  if (secretBlock !== exchange.secretBlock) return false
  return isPasswordProven(exchange, { poolName: poolName(pool), userId, timestamp, signature })
}

function refuseTemporary({ status }: User): void {
  if (status !== 'FORCE_CHANGE_PASSWORD') return
  throw new AwsError(
    'UnsupportedOperationException',
    'The stand-in does not speak NEW_PASSWORD_REQUIRED',
  )
}
