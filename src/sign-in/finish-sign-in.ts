import { writeContext } from '../trigger-protocol/signed-context.ts'
import { MAX_ATTEMPTS } from '../trigger-protocol/words.ts'
import { noFasterThanFloor } from './answer-floor.ts'
import { asksForContext, readIssued, tokenDigest } from './challenge-dialect.ts'
import { withConnection, type Connection } from './client-context.ts'
import type { SignInDeps } from './deps.ts'
import { ServiceError, type RefusalReason, type Retry } from '../errors.ts'
import { endOfInterest } from '../request-context.ts'
import type { IssuedChallenge, PendingChallenge, Tokens } from './ports.ts'
import type { Attempt, IssuedAttempt } from './sealed-session.ts'

export interface FinishSignInInput extends Connection {
  session: string
  /** Authsignal's validation token. */
  token: string
}

/**
 * Trades a proof for tokens.
 * @throws ServiceError `challenge_failed` (with `retry` while attempts remain), `session_expired`,
 *   `sign_in_blocked`, `upstream_*`
 */
export async function finishSignIn(deps: SignInDeps, input: FinishSignInInput): Promise<Tokens> {
  const attempt = deps.sealer.open(input.session)
  const finish = attempt.decoy === undefined ? answer : refuseNobody
  // A refusal of somebody takes two triggers, one of nobody takes nothing.
  return noFasterThanFloor(deps, () => finish(deps, attempt, input), isRefusal)
}

function isRefusal(error: unknown): boolean {
  return (
    error instanceof ServiceError &&
    ['challenge_failed', 'session_expired', 'sign_in_blocked'].includes(error.code)
  )
}

async function answer(
  deps: SignInDeps,
  attempt: IssuedAttempt,
  input: FinishSignInInput,
): Promise<Tokens> {
  const { cognitoSession, username } = attempt
  // Tells the verify trigger what was asked for, so that no other proof counts, and the create
  // trigger of a further round what it was told in the first.
  const context = withConnection(attempt.context, input)
  const answered = await deps.userPool.answerChallenge(
    {
      challenge: { cognitoSession, username, parameters: {} },
      answer:
        deps.settings.answerFormat === 'json'
          ? JSON.stringify({ token: input.token })
          : input.token,
      metadata: writeContext(deps.keys.context, username, context, deps.now()),
    },
    endOfInterest(deps.settings.upstreamTimeoutMs),
  )
  switch (answered.outcome) {
    case 'tokens':
      deps.onFinished?.(attempt)
      return answered.tokens
    case 'challenge':
      throw refused(
        retryWith(deps, attempt, answered.challenge),
        await reasonOf(deps, attempt, input),
      )
    case 'refused':
      throw refused(undefined)
    case 'session_gone':
      throw sessionSpent()
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
async function refuseNobody(
  deps: SignInDeps,
  attempt: IssuedAttempt,
  input: FinishSignInInput,
): Promise<never> {
  deps.checkUserPool?.()
  if (!(await deps.lookalike.spend(attempt))) throw sessionSpent()
  const next = deps.lookalike.next(attempt)
  if (next.refused >= MAX_ATTEMPTS) throw refused(undefined)
  const context = withConnection(attempt.context, input)
  const reason = await reasonOf(deps, attempt, input)
  throw refused(sealRetry(deps, next, await deps.lookalike.challenge(next, context)), reason)
}

/**
 * Left or failed? The pre-built page comes back the same way in either case, and after a success
 * too; only Authsignal can tell (docs: validate-challenge). Told of nobody's sign-ins alike.
 */
async function reasonOf(
  { proofs, settings }: SignInDeps,
  { issued }: IssuedAttempt,
  { token }: FinishSignInInput,
): Promise<RefusalReason | undefined> {
  // What the page hands back when it is left. Not asked about: Authsignal knows no decoy's token.
  if (tokenDigest(token) === issued) return 'unfinished'
  try {
    const { state } = await proofs.validate({ token, action: settings.actionCode })
    return state === 'CHALLENGE_REQUIRED' ? 'unfinished' : 'refused'
  } catch {
    // The refusal stands without it.
    return undefined
  }
}

function sealRetry(deps: SignInDeps, attempt: Attempt, issued: IssuedChallenge): Retry {
  // Cognito counts a session's life anew each round (AuthSessionValidity).
  const expiresIn = deps.settings.sessionSeconds
  const sealed = { ...attempt, issued: tokenDigest(issued.token) }
  const session = deps.sealer.seal(sealed, deps.now() + expiresIn * 1000)
  return { session, ...issued, expiresIn }
}

function sessionSpent(): ServiceError {
  return new ServiceError('session_expired', { finding: 'session_spent' })
}

function refused(retry: Retry | undefined, reason?: RefusalReason): ServiceError {
  return new ServiceError('challenge_failed', {
    ...(retry === undefined ? {} : { retry }),
    ...(reason === undefined ? {} : { reason }),
  })
}
