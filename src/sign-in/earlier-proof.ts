import type { Finding } from '../audit/findings.ts'
import { ServiceError, type RefusalReason } from '../errors.ts'
import type { ReplayLedger } from '../shared-state/ports.ts'
import { writeContext, type SignInContext } from '../trigger-protocol/signed-context.ts'
import { CONTEXT_ROUND_ANSWER } from '../trigger-protocol/words.ts'
import { asksForContext } from './challenge-dialect.ts'
import type { SignInDeps } from './deps.ts'
import type { PendingChallenge, Tokens, VerifyIdToken } from './ports.ts'

/** What sign-ins need whose proof comes before they begin. */
export interface EarlierProofDeps extends Pick<
  SignInDeps,
  'userPool' | 'proofs' | 'keys' | 'settings' | 'now' | 'sleep'
> {
  ledger: ReplayLedger
  verifyIdToken: VerifyIdToken
}

export interface AnswerWithProof {
  challenge: PendingChallenge
  /** The proof itself. */
  answer: string
  /** Names the proof to the verify trigger, which takes it on this signature only. */
  context: SignInContext
  /** Names the proof in the ledger. */
  ledgerId: string
  /** Whose tokens they must be; see `UserPool.answerChallenge`. */
  userId?: string
  signal: AbortSignal
}

/**
 * Answers a user's challenge with a proof that was there before it, once.
 * @throws ServiceError `challenge_failed`, `upstream_*`
 */
export async function answerWithProof(
  deps: EarlierProofDeps,
  input: AnswerWithProof,
): Promise<Tokens> {
  const challenge = await passForeignRound(deps, input)
  // As late as can be: what fails before this may be tried again with the same proof.
  if (!(await deps.ledger.claim(input.ledgerId))) throw refused('used_before')
  const { answer, userId, signal } = input
  const answered = await deps.userPool.answerChallenge(
    {
      challenge,
      answer: deps.settings.answerFormat === 'json' ? JSON.stringify({ token: answer }) : answer,
      metadata: metadataFor(deps, challenge, input.context),
      ...(userId === undefined ? {} : { userId }),
    },
    signal,
  )
  if (answered.outcome !== 'tokens') throw refused('refused_by_pool')
  return answered.tokens
}

/**
 * The vendor's two-round triggers want to be told the method first (authsignal/cognito-lambdas);
 * ours take the proof as the answer to their first round.
 */
async function passForeignRound(
  deps: EarlierProofDeps,
  { challenge, context, signal }: AnswerWithProof,
): Promise<PendingChallenge> {
  const isForeign = challenge.parameters['hint'] === undefined
  if (!isForeign || !asksForContext(challenge)) return challenge
  const answered = await deps.userPool.answerChallenge(
    {
      challenge,
      answer: CONTEXT_ROUND_ANSWER,
      metadata: metadataFor(deps, challenge, context),
    },
    signal,
  )
  if (answered.outcome !== 'challenge') throw refused('refused_by_pool')
  return answered.challenge
}

function metadataFor(
  { keys, now }: EarlierProofDeps,
  { username }: PendingChallenge,
  context: SignInContext,
): Record<string, string> {
  return writeContext(keys.context, username, context, now())
}

/** @param finding what exactly was wrong: the audit says so, the answer does not */
export function refused(finding: Finding, reason: RefusalReason = 'refused'): ServiceError {
  return new ServiceError('challenge_failed', { reason, finding })
}
