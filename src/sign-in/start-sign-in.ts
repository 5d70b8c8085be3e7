import { writeContext, type SignInContext } from '../trigger-protocol/signed-context.ts'
import { CONTEXT_ROUND_ANSWER } from '../trigger-protocol/words.ts'
import { noFasterThanFloor } from './answer-floor.ts'
import { asksForContext, isForNobody, readIssued } from './challenge-dialect.ts'
import { clientContext, withConnection, type Connection } from './client-context.ts'
import type { SignInDeps } from './deps.ts'
import { ServiceError } from '../errors.ts'
import { parseIdentifier, type Identifier } from './identifier.ts'
import type { BeginOutcome, IssuedChallenge, PendingChallenge } from './ports.ts'
import { checkRedirectUrl } from './redirect-url.ts'
import type { ClientContext } from './sealed-session.ts'

export interface StartSignInInput extends Connection {
  email?: string
  phoneNumber?: string
  username?: string
  redirectUrl?: string
  locale?: string
  deviceId?: string
}

export interface StartedSignIn extends IssuedChallenge {
  session: string
  /** Seconds within which finish can succeed. */
  expiresIn: number
}

/** How long Cognito may need until a user it has just created can be found. */
const CREATION_LAG_MS = 200

/**
 * Begins a sign-in, creating the user if missing. Known, new and unusable users get the same answer.
 * @throws ServiceError `invalid_request`, `redirect_url_not_allowed`, `sign_in_blocked`, `upstream_*`
 */
export async function startSignIn(
  deps: SignInDeps,
  input: StartSignInInput,
): Promise<StartedSignIn> {
  const identifier = parseIdentifier(input)
  checkRedirectUrl(input.redirectUrl, deps.settings.allowedRedirectUrls)
  const said = clientContext(deps.keys.context, identifier, input)
  const start: Start = {
    identifier,
    said,
    context: withConnection(said, input),
    expiresAt: deps.now() + deps.settings.sessionSeconds * 1000,
    signal: AbortSignal.timeout(deps.settings.upstreamTimeoutMs),
  }
  return noFasterThanFloor(deps, () => begin(deps, start))
}

/** One start on its way. */
interface Start {
  identifier: Identifier
  said: ClientContext
  context: SignInContext
  expiresAt: number
  signal: AbortSignal
}

async function begin(deps: SignInDeps, start: Start): Promise<StartedSignIn> {
  const { identifier, said, context, expiresAt } = start
  const begun = await challengeFor(deps, start)
  const expiresIn = deps.settings.sessionSeconds
  if (begun === undefined) {
    const attempt = deps.lookalike.attempt(identifier.value, said)
    const issued = await deps.lookalike.challenge(attempt, context)
    return { session: deps.sealer.seal(attempt, expiresAt), ...issued, expiresIn }
  }
  const { challenge, toldContext } = begun
  const issued = readIssued(challenge)
  deps.lookalike.learn({ challenge, issued, typed: identifier, toldContext })
  const { cognitoSession, username } = challenge
  const attempt = { cognitoSession, username, context: said, refused: 0 }
  return { session: deps.sealer.seal(attempt, expiresAt), ...issued, expiresIn }
}

interface Begun {
  challenge: PendingChallenge
  toldContext: boolean
}

/** The user's challenge; undefined when nobody may sign in under this identifier. */
async function challengeFor(deps: SignInDeps, start: Start): Promise<Begun | undefined> {
  const { identifier, signal } = start
  const first = await deps.userPool.beginChallenge(identifier.value, signal)
  if (first.outcome === 'refused') return undefined
  if (first.outcome === 'challenge' && !isForNobody(first.challenge, deps.keys.hint)) {
    return passContextRound(deps, start, first.challenge)
  }
  // A bare username has no address to prove, so creating it would only let a stranger squat on it.
  if (identifier.kind === 'username' || deps.settings.provisioning === 'none') return undefined

  const created = await deps.userPool.createUser(identifier, signal)
  if (created.outcome === 'refused') return undefined
  if (created.outcome === 'unsupported') throw unsupported(identifier)
  const nameUnchanged = created.username === identifier.value
  if (created.outcome === 'exists' && nameUnchanged && hasNoHint(first)) {
    return passContextRound(deps, start, first.challenge)
  }
  return beginForNewUser(deps, start, created.username)
}

/** Other people's triggers made the challenge, and only its username looked made up. */
function hasNoHint(first: BeginOutcome): first is Extract<BeginOutcome, { outcome: 'challenge' }> {
  return first.outcome === 'challenge' && first.challenge.parameters['hint'] === undefined
}

async function beginForNewUser(
  deps: SignInDeps,
  start: Start,
  username: string,
): Promise<Begun | undefined> {
  for (const lag of [0, CREATION_LAG_MS]) {
    await deps.sleep(lag)
    const begun = await deps.userPool.beginChallenge(username, start.signal)
    if (begun.outcome === 'refused') return undefined
    if (begun.outcome === 'challenge' && !isForNobody(begun.challenge, deps.keys.hint)) {
      return passContextRound(deps, start, begun.challenge)
    }
  }
  throw unusable('InitiateAuth', 'new user is not found')
}

/** Answers the round in which the triggers ask for the client's context, where they do. */
async function passContextRound(
  deps: SignInDeps,
  { context, signal }: Start,
  challenge: PendingChallenge,
): Promise<Begun | undefined> {
  if (!asksForContext(challenge)) return { challenge, toldContext: false }
  const metadata = writeContext(deps.keys.context, challenge.username, context, deps.now())
  const answered = await deps.userPool.answerChallenge(
    { challenge, answer: CONTEXT_ROUND_ANSWER, metadata },
    signal,
  )
  if (answered.outcome === 'refused') return undefined
  if (answered.outcome === 'challenge') return { challenge: answered.challenge, toldContext: true }
  throw unusable('RespondToAuthChallenge', `context round ended in ${answered.outcome}`)
}

function unsupported({ kind }: Identifier): ServiceError {
  const detail = 'This service signs nobody in by this; send another identifier.'
  return new ServiceError('invalid_request', { errors: [{ pointer: `/${kind}`, detail }] })
}

function unusable(operation: string, reason: string): ServiceError {
  return new ServiceError('upstream_error', {
    upstream: { service: 'cognito', operation, reason },
  })
}
