import type { SignInContext } from '../trigger-protocol/signed-context.ts'
import { writeContext } from '../trigger-protocol/signed-context.ts'
import { CONTEXT_ROUND_ANSWER } from '../trigger-protocol/words.ts'
import { asksForContext, isForNobody, readIssued } from './challenge-dialect.ts'
import type { SignInDeps } from './deps.ts'
import { SignInError } from './errors.ts'
import { parseIdentifier, type Identifier } from './identifier.ts'
import type { BeginOutcome, IssuedChallenge, PendingChallenge } from './ports.ts'
import { checkRedirectUrl } from './redirect-url.ts'

export interface StartSignInInput {
  email?: string
  phoneNumber?: string
  username?: string
  redirectUrl?: string
  locale?: string
  deviceId?: string
  /** From the connection, never from the body. */
  ipAddress?: string
  userAgent?: string
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
 * @throws SignInError `invalid_request`, `redirect_url_not_allowed`, `sign_in_blocked`, `upstream_*`
 */
export async function startSignIn(
  deps: SignInDeps,
  input: StartSignInInput,
): Promise<StartedSignIn> {
  const identifier = parseIdentifier(input)
  checkRedirectUrl(input.redirectUrl, deps.settings.allowedRedirectUrls)
  const startedAt = deps.now()
  try {
    return await begin(deps, identifier, contextOf(identifier, input), startedAt)
  } finally {
    await deps.sleep(Math.max(0, startedAt + deps.settings.startFloorMs - deps.now()))
  }
}

async function begin(
  deps: SignInDeps,
  identifier: Identifier,
  context: SignInContext,
  startedAt: number,
): Promise<StartedSignIn> {
  const challenge = await challengeFor(deps, identifier, context)
  const expiresIn = deps.settings.sessionSeconds
  const expiresAt = startedAt + expiresIn * 1000
  if (challenge === undefined) {
    const { kind, value } = identifier
    const issued = await deps.lookalike.challenge(kind === 'username' ? value : undefined)
    const attempt = deps.lookalike.attempt(identifier)
    return { session: deps.sealer.seal(attempt, expiresAt), ...issued, expiresIn }
  }
  const issued = readIssued(challenge)
  const { cognitoSession, username } = challenge
  deps.lookalike.learn(cognitoSession, issued)
  const attempt = { cognitoSession, username, kind: identifier.kind, refused: 0, decoy: false }
  return { session: deps.sealer.seal(attempt, expiresAt), ...issued, expiresIn }
}

/** The user's challenge; undefined when nobody may sign in under this identifier. */
async function challengeFor(
  deps: SignInDeps,
  identifier: Identifier,
  context: SignInContext,
): Promise<PendingChallenge | undefined> {
  const first = await beginFor(deps, identifier.value, context)
  if (first.outcome === 'refused') return undefined
  if (first.outcome === 'challenge' && !isForNobody(first.challenge, deps.keys.hint)) {
    return first.challenge
  }
  // A bare username has no address to prove, so creating it would only let a stranger squat on it.
  if (identifier.kind === 'username' || deps.settings.provisioning === 'none') return undefined

  const created = await deps.userPool.createUser(identifier)
  if (created.outcome === 'refused') return undefined
  const nameUnchanged = created.username === identifier.value
  if (created.outcome === 'exists' && nameUnchanged && hasNoHint(first)) {
    const begun = await passContextRound(deps, first.challenge, context)
    return begun.outcome === 'challenge' ? begun.challenge : undefined
  }
  return beginForNewUser(deps, created.username, context)
}

/** Other people's triggers made the challenge, and only its username looked made up. */
function hasNoHint(first: BeginOutcome): first is Extract<BeginOutcome, { outcome: 'challenge' }> {
  return first.outcome === 'challenge' && first.challenge.parameters['hint'] === undefined
}

async function beginForNewUser(
  deps: SignInDeps,
  username: string,
  context: SignInContext,
): Promise<PendingChallenge | undefined> {
  for (const lag of [0, CREATION_LAG_MS]) {
    await deps.sleep(lag)
    const begun = await beginFor(deps, username, context)
    if (begun.outcome === 'refused') return undefined
    if (begun.outcome === 'challenge' && !isForNobody(begun.challenge, deps.keys.hint)) {
      return begun.challenge
    }
  }
  throw new SignInError('upstream_error', {
    upstream: { service: 'cognito', operation: 'InitiateAuth', reason: 'new user is not found' },
  })
}

/** InitiateAuth and, where the triggers ask for it, the round that carries the context. */
async function beginFor(
  deps: SignInDeps,
  username: string,
  context: SignInContext,
): Promise<BeginOutcome> {
  const begun = await deps.userPool.beginChallenge(username)
  if (begun.outcome !== 'challenge' || isForNobody(begun.challenge, deps.keys.hint)) return begun
  return passContextRound(deps, begun.challenge, context)
}

async function passContextRound(
  deps: SignInDeps,
  challenge: PendingChallenge,
  context: SignInContext,
): Promise<BeginOutcome> {
  if (!asksForContext(challenge)) return { outcome: 'challenge', challenge }
  const answered = await deps.userPool.answerChallenge({
    challenge,
    answer: CONTEXT_ROUND_ANSWER,
    metadata: writeContext(deps.keys.context, challenge.username, context, deps.now()),
  })
  if (answered.outcome === 'challenge') return answered
  if (answered.outcome === 'refused') return answered
  throw new SignInError('upstream_error', {
    upstream: {
      service: 'cognito',
      operation: 'RespondToAuthChallenge',
      reason: `context round ended in ${answered.outcome}`,
    },
  })
}

function contextOf(identifier: Identifier, input: StartSignInInput): SignInContext {
  const { redirectUrl, locale, deviceId, ipAddress, userAgent } = input
  return {
    identifier: identifier.kind,
    ...(redirectUrl === undefined ? {} : { redirectUrl }),
    ...(locale === undefined ? {} : { locale }),
    ...(deviceId === undefined ? {} : { deviceId }),
    ...(ipAddress === undefined ? {} : { ipAddress }),
    ...(userAgent === undefined ? {} : { userAgent }),
  }
}
