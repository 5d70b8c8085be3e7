import { ServiceError } from '../errors.ts'
import { endOfInterest } from '../request-context.ts'
import { noFasterThanFloor } from './answer-floor.ts'
import { challengeFor, type Begin, type Begun } from './begin-challenge.ts'
import { readIssued, tokenDigest } from './challenge-dialect.ts'
import { clientContext, withConnection, type Connection } from './client-context.ts'
import type { SignInDeps } from './deps.ts'
import { parseIdentifier } from './identifier.ts'
import type { IssuedChallenge, StartedSignIn } from './ports.ts'
import { checkRedirectUrl } from './redirect-url.ts'
import type { Attempt, ClientContext, Started } from './sealed-session.ts'

export interface StartSignInInput extends Connection {
  email?: string
  phoneNumber?: string
  username?: string
  redirectUrl?: string
  locale?: string
  deviceId?: string
}

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
  const phonePrefix = identifier.phone?.prefix
  const start: Start = {
    identifier,
    said,
    context: withConnection(said, input),
    started: { startedAt: deps.now(), ...(phonePrefix === undefined ? {} : { phonePrefix }) },
    signal: endOfInterest(deps.settings.upstreamTimeoutMs),
  }
  return noFasterThanFloor(deps, () => begin(deps, start))
}

/** One start on its way. */
interface Start extends Begin {
  said: ClientContext
  started: Started
}

async function begin(deps: SignInDeps, start: Start): Promise<StartedSignIn> {
  const { identifier, said, context, started } = start
  const begun = await hidingBlocks(deps, () => beginForSomebody(deps, start))
  const expiresIn = deps.settings.sessionSeconds
  if (begun === undefined) {
    const attempt = deps.lookalike.attempt(identifier.value, said, started)
    const issued = await deps.lookalike.challenge(attempt, context, deps.settings.blockedStarts)
    return { session: seal(deps, attempt, issued), ...issued, expiresIn }
  }
  const { challenge, toldContext, issued } = begun
  deps.lookalike.learn({ challenge, issued, typed: identifier, toldContext })
  const { cognitoSession, username } = challenge
  const attempt = { cognitoSession, username, context: said, refused: 0, ...started }
  return { session: seal(deps, attempt, issued), ...issued, expiresIn }
}

async function beginForSomebody(
  deps: SignInDeps,
  start: Start,
): Promise<(Begun & { issued: IssuedChallenge }) | undefined> {
  const begun = await challengeFor(deps, start)
  return begun && { ...begun, issued: readIssued(begun.challenge) }
}

/** A rule about one user would tell strangers that there is one, so a block is like nobody. */
async function hidingBlocks<Found>(
  { settings }: SignInDeps,
  look: () => Promise<Found>,
): Promise<Found | undefined> {
  try {
    return await look()
  } catch (error) {
    const isBlock = error instanceof ServiceError && error.code === 'sign_in_blocked'
    if (isBlock && settings.blockedStarts === 'hide') return undefined
    throw error
  }
}

function seal({ sealer, settings }: SignInDeps, attempt: Attempt, issued: IssuedChallenge): string {
  const expiresAt = attempt.startedAt + settings.sessionSeconds * 1000
  return sealer.seal({ ...attempt, issued: tokenDigest(issued.token) }, expiresAt)
}
