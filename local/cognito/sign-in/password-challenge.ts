import type { Client } from '../clients.ts'
import { invalidParameter } from '../protocol/errors.ts'
import type { Needs } from '../services.ts'
import { openExchange, type Exchange } from '../srp/exchange.ts'
import { N } from '../srp/group.ts'
import { shadowVerifier } from '../srp/password.ts'
import type { Attempt } from './challenge-events.ts'
import type { Subject } from './subject.ts'

type Services = Needs<'pool' | 'sessions'>

/** The client's public value. Texts of the two refusals are assumed. */
export function readSrpA(text: string): bigint {
  if (!/^0*[0-9a-f]{1,768}$/i.test(text))
    throw invalidParameter('SRP_A should be a valid hex string')
  const value = BigInt(`0x${text}`)
  if (value % N === 0n) throw invalidParameter('SRP_A should not be zero modulo N')
  return value
}

/**
 * USER_SRP_AUTH answers no Session (captured in floci-io/floci#1305): whatever the service has to
 * remember travels in the secret block, which is therefore what the sign-in is found by.
 */
export function passwordOfUserSrpAuth(
  { pool, sessions }: Services,
  client: Client,
  subject: Subject,
  srpA: bigint,
): object {
  const exchange = exchangeWith({ pool }, subject, srpA)
  sessions.open(
    pendingPassword('USER_SRP_AUTH', { client, subject, rounds: [] }, exchange),
    client.authSessionValidityMinutes,
    exchange.secretBlock,
  )
  return passwordChallenge(subject, exchange)
}

/** As one round of a custom sign-in, when Define has asked for it. */
export function passwordInCustomAuth(
  { pool, sessions }: Services,
  attempt: Attempt,
  srpA: bigint,
): object {
  const exchange = exchangeWith({ pool }, attempt.subject, srpA)
  const session = sessions.open(
    pendingPassword('CUSTOM_AUTH', attempt, exchange),
    attempt.client.authSessionValidityMinutes,
  )
  return { ...passwordChallenge(attempt.subject, exchange), Session: session }
}

function exchangeWith({ pool }: Needs<'pool'>, { user, username }: Subject, srpA: bigint) {
  return openExchange(user?.password ?? shadowVerifier(pool, username), srpA)
}

function pendingPassword(
  authFlow: 'USER_SRP_AUTH' | 'CUSTOM_AUTH',
  { client, subject, rounds }: Pick<Attempt, 'client' | 'subject' | 'rounds'>,
  exchange: Exchange,
) {
  return {
    challengeName: 'PASSWORD_VERIFIER',
    authFlow,
    clientId: client.clientId,
    username: subject.username,
    userExists: subject.user !== undefined,
    rounds,
    exchange,
  } as const
}

function passwordChallenge({ username }: Subject, exchange: Exchange) {
  return {
    ChallengeName: 'PASSWORD_VERIFIER',
    ChallengeParameters: {
      SALT: exchange.password.salt,
      SECRET_BLOCK: exchange.secretBlock,
      SRP_B: exchange.serverPublic.toString(16),
      USERNAME: username,
      USER_ID_FOR_SRP: username,
    },
  }
}
