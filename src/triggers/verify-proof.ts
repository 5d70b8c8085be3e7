import { ServiceError } from '../errors.ts'
import { readContext } from '../trigger-protocol/signed-context.ts'
import { isBlocked } from '../trigger-protocol/states.ts'
import { PROVIDE_AUTH_PARAMETERS } from '../trigger-protocol/words.ts'
import { addressesInPlay, provenThing, type Address } from '../addresses.ts'
import { subOf, type VerifyEvent } from './events.ts'
import type { AuthenticatorNotes } from './noted-authenticators.ts'
import { FIRST_FACTOR } from './password-first.ts'
import { isByAnother, isByThoseOfThen, isSettled } from './proving-authenticator.ts'
import type { TriggerSettings } from './settings.ts'
import { isProvenEarlier, namesEarlierProof } from './verify-earlier-proof.ts'

/** Tokens are about 700 characters; more is not one. */
const MAX_ANSWER_LENGTH = 8_192

/**
 * How far back a challenge may have been passed whose token can still change authenticators: twice
 * the life of a token (docs: 10 minutes, a setting of the tenant), and a round of this sign-in.
 */
const LOOK_BACK_MS = 2 * 60 * 60_000

/** What create left for this round; Cognito shows it to nobody else. */
interface IssuedChallenge extends Partial<AuthenticatorNotes> {
  challenge?: string
  idempotencyKey?: string
  firstFactor?: string
}

export interface VerifyDeps extends TriggerSettings {
  /** Tells Cognito that the address has been proven; neither fails nor takes long. */
  markVerified: (event: VerifyEvent, sub: string, address: Address) => Promise<void>
}

/**
 * Says whether the answer proves that the user of this event passed the challenge of this attempt.
 * Source: AWS docs, user-pool-lambda-verify-auth-challenge-response.
 */
export async function verifyProof(deps: VerifyDeps, event: VerifyEvent): Promise<VerifyEvent> {
  event.response = { answerCorrect: await isProven(deps, event) }
  return event
}

async function isProven(deps: VerifyDeps, event: VerifyEvent): Promise<boolean> {
  const userId = subOf(event)
  const issued: IssuedChallenge = event.request.privateChallengeParameters ?? {}
  const token = tokenIn(event.request.challengeAnswer)
  if (userId === undefined || token === undefined) return false
  const context = readContext(deps.keys.context, event.userName, event.request.clientMetadata)
  if (namesEarlierProof(context)) return isProvenEarlier(deps, event, { userId, token, context })
  // The context round has no right answer to its challenge.
  if (issued.challenge === PROVIDE_AUTH_PARAMETERS || !issued.idempotencyKey) return false

  const { actionCode: action, authsignal } = deps
  const { idempotencyKey } = issued
  const since = new Date(Date.now() - LOOK_BACK_MS)
  // All at once. Who can prove nothing but addresses is asked for authenticators in doubt only.
  const [proof, actions, listed] = await Promise.all([
    authsignal.validate({ token, userId, action }),
    authsignal.actions({ userId, since }),
    issued.addresses === undefined ? authsignal.authenticators(userId) : undefined,
  ])
  // The guards sent along are optional at Authsignal, so all of it is compared here: this user,
  // this action, this attempt.
  const isOurs =
    proof.userId === userId && proof.action === action && proof.idempotencyKey === idempotencyKey
  if (!isOurs) return false
  if (isBlocked(proof.state)) throw new ServiceError('sign_in_blocked')
  // No challenge was needed, which proves nobody: it counts only beside the password that Cognito
  // has proven in this sign-in (docs: aws-cognito/rules). Create says so; no caller can.
  if (proof.state === 'ALLOW') return issued.firstFactor === FIRST_FACTOR
  if (!proof.isValid || proof.state !== 'CHALLENGE_SUCCEEDED') return false

  const addresses = addressesInPlay(event.request.userAttributes, context, deps.keys.context)
  const proven = addresses && provenThing(proof.method, addresses)
  if (proven === undefined) return false
  const attempt = { action, idempotencyKey, notes: issued, proven }
  if (isByAnother(attempt, actions)) return false
  const isSound =
    isSettled(deps.keys.context, attempt, actions) ||
    isByThoseOfThen(attempt, proof, listed ?? (await authsignal.authenticators(userId)))
  if (!isSound) return false
  if (proven !== 'possession' && !proven.isVerified) await deps.markVerified(event, userId, proven)
  return true
}

/** The bare token, or the vendor's older form `{"token": …}`. */
function tokenIn(answer: string): string | undefined {
  if (typeof answer !== 'string' || answer.length > MAX_ANSWER_LENGTH) return undefined
  const text = answer.trim()
  if (!text.startsWith('{')) return text || undefined
  try {
    const parsed: unknown = JSON.parse(text)
    const token: unknown =
      typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, 'token') : undefined
    return typeof token === 'string' && token !== '' ? token : undefined
  } catch {
    return undefined
  }
}
