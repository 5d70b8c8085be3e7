import { ServiceError } from '../errors.ts'
import { endOfInterest } from '../request-context.ts'
import { isAttemptName } from '../trigger-protocol/attempt-name.ts'
import { isBlocked } from '../trigger-protocol/states.ts'
import type { Validation } from '../authsignal/answers.ts'
import { answerWithProof, refused, type EarlierProofDeps } from './earlier-proof.ts'
import { isForNobody } from './challenge-dialect.ts'
import { withConnection, type Connection } from './client-context.ts'
import type { Tokens } from './ports.ts'

export interface PasskeySignInInput extends Connection {
  /** Authsignal's validation token of a passkey that was used without a username. */
  token: string
  /** Believed only where Authsignal knows none, and only if Cognito's user is the passkey's. */
  username?: string
}

/**
 * Finishes a device-first sign-in: the passkey has named its user to Authsignal, so there is nothing
 * left to start. Who it is comes from Authsignal's answer, and the tokens must be that user's.
 * @throws ServiceError `challenge_failed`, `sign_in_blocked`, `upstream_*`
 */
export async function signInWithPasskey(
  deps: EarlierProofDeps,
  input: PasskeySignInInput,
): Promise<Tokens> {
  const { userId, idempotencyKey } = await provenUser(deps, input.token)
  const known = await deps.proofs.user(userId)
  const signal = endOfInterest(deps.settings.upstreamTimeoutMs)
  // The user id is the sub, which is also the username where addresses are usernames.
  const username = known.username ?? input.username ?? userId
  const begun = await deps.userPool.beginChallenge(username, signal)
  if (begun.outcome !== 'challenge' || isForNobody(begun.challenge, deps.keys.hint)) {
    throw refused('no_such_user')
  }
  return answerWithProof(deps, {
    challenge: begun.challenge,
    answer: input.token,
    context: withConnection(
      { identifier: 'username', method: 'PASSKEY', proof: idempotencyKey },
      input,
    ),
    ledgerId: `passkey ${userId} ${idempotencyKey}`,
    userId,
    signal,
  })
}

async function provenUser(
  deps: EarlierProofDeps,
  token: string,
): Promise<{ userId: string; idempotencyKey: string }> {
  const { actionCode: action } = deps.settings
  const proof = await deps.proofs.validate({ token, action })
  const { userId, idempotencyKey } = proof
  if (proof.action !== action || !userId || !idempotencyKey) throw refused('another_attempt')
  if (isBlocked(proof.state)) throw new ServiceError('sign_in_blocked')
  if (proof.state === 'CHALLENGE_REQUIRED') throw refused('not_passed', 'unfinished')
  // A proof made for a session counts with that session only, however it came into these hands.
  if (isAttemptName(idempotencyKey)) throw refused('another_attempt')
  if (!isPassedPasskey(proof)) throw refused('not_passed')
  if (!isRecent(deps, proof)) throw refused('too_old')
  return { userId, idempotencyKey }
}

/** Only a passkey is proof by itself: a code was sent to whom somebody typed. */
function isPassedPasskey({ isValid, state, method }: Validation): boolean {
  return isValid && state === 'CHALLENGE_SUCCEEDED' && method === 'PASSKEY'
}

/** The ledger remembers for an hour; a proof has to come before it forgets. */
const MAX_PROOF_AGE_MS = 15 * 60_000

function isRecent({ now }: EarlierProofDeps, { stateUpdatedAt }: Validation): boolean {
  if (stateUpdatedAt === undefined) return true
  return now() - Date.parse(stateUpdatedAt) < MAX_PROOF_AGE_MS
}
