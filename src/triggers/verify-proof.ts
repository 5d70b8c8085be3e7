import type { EnrolledAuthenticator, Validation } from '../authsignal/answers.ts'
import { ServiceError } from '../errors.ts'
import { readContext } from '../trigger-protocol/signed-context.ts'
import { isBlocked } from '../trigger-protocol/states.ts'
import { PROVIDE_AUTH_PARAMETERS } from '../trigger-protocol/words.ts'
import { addressesInPlay, provenThing, type Address } from '../addresses.ts'
import { isOf } from '../authsignal/align-authenticators.ts'
import { subOf, type VerifyEvent } from './events.ts'
import { FIRST_FACTOR } from './password-first.ts'
import { LONGEST_SIGN_IN_MS, type TriggerSettings } from './settings.ts'
import { isProvenEarlier, namesEarlierProof } from './verify-earlier-proof.ts'

/** Tokens are about 700 characters; more is not one. */
const MAX_ANSWER_LENGTH = 8_192

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
  const issued: { challenge?: string; idempotencyKey?: string; firstFactor?: string } =
    event.request.privateChallengeParameters ?? {}
  const token = tokenIn(event.request.challengeAnswer)
  if (userId === undefined || token === undefined) return false
  const context = readContext(deps.keys.context, event.userName, event.request.clientMetadata)
  if (namesEarlierProof(context)) return isProvenEarlier(deps, event, { userId, token, context })
  // The context round has no right answer to its challenge.
  if (issued.challenge === PROVIDE_AUTH_PARAMETERS || !issued.idempotencyKey) return false

  const { actionCode: action, authsignal } = deps
  const { idempotencyKey } = issued
  const since = new Date(Date.now() - LONGEST_SIGN_IN_MS)
  const [proof, enrolled, completedBy] = await Promise.all([
    authsignal.validate({ token, userId, action }),
    authsignal.authenticators(userId),
    authsignal.completedBy({ userId, action, idempotencyKey, since }),
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

  const proven = whatIsProven(event, proof, {
    addresses: addressesInPlay(event.request.userAttributes, context, deps.keys.context),
    enrolled,
    completedBy,
  })
  if (proven === undefined) return false
  if (proven !== 'possession' && !proven.isVerified) await deps.markVerified(event, userId, proven)
  return true
}

/** Undefined unless the method counts and its authenticators are those of when the token left. */
function whatIsProven(
  { request: { privateChallengeParameters } }: VerifyEvent,
  { method }: Validation,
  {
    addresses,
    enrolled,
    completedBy,
  }: {
    addresses: Address[] | undefined
    enrolled: EnrolledAuthenticator[]
    completedBy: string | undefined
  },
): Address | 'possession' | undefined {
  const proven = addresses && provenThing(method, addresses)
  if (proven === undefined) return undefined

  // Validate says which method was passed, not with which authenticator. The action may say so; in
  // any case every one that could have been must have been there when the token left, and be of the
  // address Cognito holds now. One that came later may be a stranger's.
  const then = new Set((privateChallengeParameters?.['authenticators'] ?? '').split(' '))
  if (completedBy !== undefined && !then.has(completedBy)) return undefined
  const candidates = enrolled.filter((entry) =>
    proven === 'possession'
      ? // An enrolment that was begun and left can have passed nothing; it must lock nobody out.
        entry.method === method && entry.isVerified
      : proven.provenBy.includes(entry.method),
  )
  const isSound = (entry: EnrolledAuthenticator) =>
    then.has(entry.id) && (proven === 'possession' || isOf(entry, proven))
  return candidates.length > 0 && candidates.every(isSound) ? proven : undefined
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
