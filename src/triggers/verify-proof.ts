import type { Validation } from '../authsignal/answers.ts'
import { SignInError } from '../sign-in/errors.ts'
import { readContext } from '../trigger-protocol/signed-context.ts'
import { PROVIDE_AUTH_PARAMETERS } from '../trigger-protocol/words.ts'
import { acceptedMethods, trustedAddresses, type Address } from './addresses.ts'
import { alignAuthenticators, isProofOf } from './align-authenticators.ts'
import { subOf, type VerifyEvent } from './events.ts'
import type { TriggerSettings } from './settings.ts'

/** Tokens are about 700 characters; more is not one. */
const MAX_ANSWER_LENGTH = 8_192

export interface VerifyDeps extends TriggerSettings {
  /** Tells Cognito that the address has been proven. */
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
  const { idempotencyKey, challenge } = event.request.privateChallengeParameters ?? {}
  const token = tokenIn(event.request.challengeAnswer)
  // The context round has no right answer.
  if (challenge === PROVIDE_AUTH_PARAMETERS) return false
  if (userId === undefined || !idempotencyKey || token === undefined) return false

  const proof = await deps.authsignal.validate({ token, userId, action: deps.actionCode })
  // The guards sent along are optional at Authsignal, so all of it is compared here: this user,
  // this action, this attempt.
  const isOurs =
    proof.userId === userId &&
    proof.action === deps.actionCode &&
    proof.idempotencyKey === idempotencyKey
  if (!isOurs) return false
  refuseBlocked(proof)
  // Both: ALLOW says that no challenge was needed, which proves nobody.
  if (!proof.isValid || proof.state !== 'CHALLENGE_SUCCEEDED') return false
  return isAcceptedMethod(deps, event, userId, proof)
}

function refuseBlocked({ state }: Validation): void {
  if (state === 'BLOCK' || state === 'REVIEW_REQUIRED' || state === 'REVIEW_FAILED') {
    throw new SignInError('sign_in_blocked')
  }
}

async function isAcceptedMethod(
  deps: VerifyDeps,
  event: VerifyEvent,
  userId: string,
  { method }: Validation,
): Promise<boolean> {
  const addresses = trustedAddresses(event.request.userAttributes)
  const context = readContext(deps.keys.context, event.userName, event.request.clientMetadata)
  if (method === undefined || !acceptedMethods(addresses, context?.identifier).has(method)) {
    return false
  }
  const address = addresses.find(({ provenBy }) => provenBy.includes(method))
  if (address === undefined) return true

  // Authsignal says which method, not which address: it must be the one Cognito holds, and no
  // other may be enrolled beside it.
  const enrolled = await deps.authsignal.authenticators(userId)
  const ofKind = enrolled.filter((entry) => address.provenBy.includes(entry.method))
  if (ofKind.length === 0 || !ofKind.every((entry) => isProofOf(entry, address))) {
    // The next round then challenges the right address.
    await alignAuthenticators(deps.authsignal, userId, [address], enrolled)
    return false
  }
  if (!address.isVerified) await deps.markVerified(event, userId, address)
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
