import { ServiceError } from '../errors.ts'
import { writeContext, type SignInContext } from '../trigger-protocol/signed-context.ts'
import { CONTEXT_ROUND_ANSWER } from '../trigger-protocol/words.ts'
import { asksForContext, isForNobody } from './challenge-dialect.ts'
import type { SignInDeps } from './deps.ts'
import type { Identifier } from './identifier.ts'
import type { BeginOutcome, FindOutcome, PendingChallenge } from './ports.ts'

/** How long Cognito may need until a user it has just created can be found. */
const CREATION_LAG_MS = 200

/** Who wants a challenge, and what the triggers are told where they ask. */
export interface Begin {
  identifier: Identifier
  context: SignInContext
  signal: AbortSignal
}

export interface Begun {
  challenge: PendingChallenge
  toldContext: boolean
}

export type BeginDeps = Pick<SignInDeps, 'userPool' | 'keys' | 'now' | 'sleep'> & {
  settings: Pick<SignInDeps['settings'], 'provisioning'>
}

/**
 * The user's challenge, the user created first if missing; undefined when nobody may sign in under
 * this identifier.
 * @throws ServiceError `invalid_request` where the pool takes no such identifier, `upstream_*`
 */
export async function challengeFor(deps: BeginDeps, begin: Begin): Promise<Begun | undefined> {
  const { identifier, signal } = begin
  const found = await deps.userPool.findUser(identifier, signal)
  if (found.outcome === 'refused') return undefined
  const first = await firstChallenge(deps.userPool, found, signal)
  if (first.outcome === 'refused') return undefined
  if (first.outcome === 'challenge' && !isForNobody(first.challenge, deps.keys.hint)) {
    return passContextRound(deps, begin, first.challenge)
  }
  if (found.outcome === 'found') {
    const isTheirs = hasNoHint(first) && first.challenge.username === found.username
    // Else gone since. A user made in their place would be a second one if they were not.
    return isTheirs ? passContextRound(deps, begin, first.challenge) : undefined
  }
  // A bare username has no address to prove, so creating it would only let a stranger squat on it.
  if (identifier.kind === 'username' || deps.settings.provisioning === 'none') return undefined

  const created = await deps.userPool.createUser(identifier, signal)
  if (created.outcome === 'refused') return undefined
  if (created.outcome === 'unsupported') throw unsupported(identifier)
  const nameUnchanged = created.username === identifier.value
  if (created.outcome === 'exists' && nameUnchanged && hasNoHint(first)) {
    return passContextRound(deps, begin, first.challenge)
  }
  return beginForNewUser(deps, begin, created.username)
}

async function firstChallenge(
  userPool: BeginDeps['userPool'],
  found: Exclude<FindOutcome, { outcome: 'refused' }>,
  signal: AbortSignal,
): Promise<BeginOutcome> {
  return found.outcome === 'missing'
    ? { outcome: 'no_such_user' }
    : userPool.beginChallenge(found.username, signal)
}

/** Other people's triggers made the challenge, and only its username looked made up. */
function hasNoHint(first: BeginOutcome): first is Extract<BeginOutcome, { outcome: 'challenge' }> {
  return first.outcome === 'challenge' && first.challenge.parameters['hint'] === undefined
}

async function beginForNewUser(
  deps: BeginDeps,
  begin: Begin,
  username: string,
): Promise<Begun | undefined> {
  for (const lag of [0, CREATION_LAG_MS]) {
    await deps.sleep(lag)
    const begun = await deps.userPool.beginChallenge(username, begin.signal)
    if (begun.outcome === 'refused') return undefined
    if (begun.outcome === 'challenge' && !isForNobody(begun.challenge, deps.keys.hint)) {
      return passContextRound(deps, begin, begun.challenge)
    }
  }
  throw unusable('InitiateAuth', 'new user is not found')
}

/** Answers the round in which the triggers ask for the client's context, where they do. */
async function passContextRound(
  deps: BeginDeps,
  { context, signal }: Begin,
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
