import { createHash, timingSafeEqual } from 'node:crypto'
import { ServiceError } from '../errors.ts'
import { isAttemptName } from '../trigger-protocol/attempt-name.ts'
import type { SignInContext } from '../trigger-protocol/signed-context.ts'
import { isBlocked } from '../trigger-protocol/states.ts'
import { addressesInPlay } from '../addresses.ts'
import type { VerifyEvent } from './events.ts'
import { LONGEST_SIGN_IN_MS, type TriggerSettings } from './settings.ts'

/** A context that names a proof made before the sign-in began. */
export type EarlierProof = SignInContext & Required<Pick<SignInContext, 'method' | 'proof'>>

export function namesEarlierProof(context: SignInContext | undefined): context is EarlierProof {
  return context?.method !== undefined && context.proof !== undefined
}

/**
 * Says whether a proof that came before the sign-in (a passkey used without a username, an ID token)
 * is this user's. It belongs to no challenge of this sign-in, so it counts only where the service
 * has signed for that very proof: it lets each be used once, which no trigger can see.
 */
export async function isProvenEarlier(
  deps: TriggerSettings,
  event: VerifyEvent,
  { userId, token, context }: { userId: string; token: string; context: EarlierProof },
): Promise<boolean> {
  return context.method === 'PASSKEY'
    ? hasUsedPasskey(deps, { userId, token, idempotencyKey: context.proof })
    : isVouchedFor(deps, event, token, context)
}

async function hasUsedPasskey(
  { authsignal, actionCode: action }: TriggerSettings,
  { userId, token, idempotencyKey }: { userId: string; token: string; idempotencyKey: string },
): Promise<boolean> {
  const since = new Date(Date.now() - LONGEST_SIGN_IN_MS)
  const [proof, enrolled, actions] = await Promise.all([
    authsignal.validate({ token, userId, action }),
    authsignal.authenticators(userId),
    authsignal.actions({ userId, action, since }),
  ])
  const isTheirs =
    proof.userId === userId && proof.action === action && proof.idempotencyKey === idempotencyKey
  // The proof of a sign-in that was started belongs to its session.
  if (!isTheirs || isAttemptName(idempotencyKey)) return false
  if (isBlocked(proof.state)) throw new ServiceError('sign_in_blocked')
  // Only a passkey names its user by itself; a code sent somewhere needs a sign-in that asked for it.
  const hasPassed =
    proof.isValid && proof.state === 'CHALLENGE_SUCCEEDED' && proof.method === 'PASSKEY'
  const passkeys = enrolled.filter(({ method, isVerified }) => method === 'PASSKEY' && isVerified)
  const completedBy = actions.find(
    (past) => past.idempotencyKey === idempotencyKey,
  )?.authenticatorId
  const isStillEnrolled =
    completedBy === undefined ? passkeys.length > 0 : passkeys.some(({ id }) => id === completedBy)
  return hasPassed && isStillEnrolled
}

/**
 * The service has checked the ID token; here it is tied to the user. Only to one who has proven the
 * address: a user that somebody else registered for it must not come by its owner this way.
 */
function isVouchedFor(
  { keys }: TriggerSettings,
  { request }: VerifyEvent,
  idToken: string,
  context: EarlierProof,
): boolean {
  const digest = createHash('sha256').update(idToken).digest()
  const signedFor = Buffer.from(context.proof, 'base64url')
  if (digest.length !== signedFor.length || !timingSafeEqual(digest, signedFor)) return false
  if (context.identifier !== 'email') return false
  const addresses = addressesInPlay(request.userAttributes, context, keys.context)
  return addresses?.some(({ kind, isVerified }) => kind === 'email' && isVerified) === true
}
