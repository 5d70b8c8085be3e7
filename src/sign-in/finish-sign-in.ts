import { writeContext } from '../trigger-protocol/signed-context.ts'
import { MAX_ATTEMPTS } from '../trigger-protocol/words.ts'
import { asksForContext, readIssued } from './challenge-dialect.ts'
import type { SignInDeps } from './deps.ts'
import { SignInError, type Retry } from './errors.ts'
import type { IssuedChallenge, PendingChallenge, Tokens } from './ports.ts'
import type { Attempt } from './sealed-session.ts'

export interface FinishSignInInput {
  session: string
  /** Authsignal's validation token. */
  token: string
}

/**
 * Trades a proof for tokens.
 * @throws SignInError `challenge_failed` (with `retry` while attempts remain), `session_expired`,
 *   `sign_in_blocked`, `upstream_*`
 */
export async function finishSignIn(deps: SignInDeps, input: FinishSignInInput): Promise<Tokens> {
  const attempt = deps.sealer.open(input.session)
  if (attempt.decoy) throw await refuseNobody(deps, attempt)

  const { cognitoSession, username, kind } = attempt
  const answered = await deps.userPool.answerChallenge({
    challenge: { cognitoSession, username, parameters: {} },
    answer:
      deps.settings.answerFormat === 'json' ? JSON.stringify({ token: input.token }) : input.token,
    // Tells the verify trigger what was asked for, so that no other kind of proof counts.
    metadata: writeContext(deps.keys.context, username, { identifier: kind }, deps.now()),
  })
  switch (answered.outcome) {
    case 'tokens':
      return answered.tokens
    case 'challenge':
      throw refused(retryWith(deps, attempt, answered.challenge))
    case 'refused':
      throw refused(undefined)
    case 'session_gone':
      throw new SignInError('session_expired')
  }
}

function retryWith(
  deps: SignInDeps,
  attempt: Attempt,
  challenge: PendingChallenge,
): Retry | undefined {
  // Triggers that start over instead of issuing a new challenge leave nothing to go on with.
  if (asksForContext(challenge)) return undefined
  const { cognitoSession, username } = challenge
  const next = { ...attempt, cognitoSession, username, refused: attempt.refused + 1 }
  return sealRetry(deps, next, readIssued(challenge))
}

/** What a user of ours would hear: wrong, wrong, wrong and over. */
async function refuseNobody(deps: SignInDeps, attempt: Attempt): Promise<SignInError> {
  if (!deps.lookalike.spend(attempt)) return new SignInError('session_expired')
  const next = deps.lookalike.next(attempt)
  if (next.refused >= MAX_ATTEMPTS) return refused(undefined)
  const typed = attempt.kind === 'username' ? attempt.username : undefined
  return refused(sealRetry(deps, next, await deps.lookalike.challenge(typed)))
}

function sealRetry(deps: SignInDeps, attempt: Attempt, issued: IssuedChallenge): Retry {
  // Cognito counts a session's life anew each round (AuthSessionValidity).
  const expiresIn = deps.settings.sessionSeconds
  const session = deps.sealer.seal(attempt, deps.now() + expiresIn * 1000)
  return { session, ...issued, expiresIn }
}

function refused(retry: Retry | undefined): SignInError {
  return new SignInError('challenge_failed', retry === undefined ? {} : { retry })
}
