import { endOfInterest } from '../request-context.ts'
import { noFasterThanFloor } from './answer-floor.ts'
import { challengeFor, type Begin } from './begin-challenge.ts'
import { readIssued, tokenDigest } from './challenge-dialect.ts'
import { clientContext, withConnection, type Connection } from './client-context.ts'
import type { SignInDeps } from './deps.ts'
import { parseIdentifier } from './identifier.ts'
import type { IssuedChallenge } from './ports.ts'
import { checkRedirectUrl } from './redirect-url.ts'
import type { Attempt, ClientContext } from './sealed-session.ts'

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
    signal: endOfInterest(deps.settings.upstreamTimeoutMs),
  }
  return noFasterThanFloor(deps, () => begin(deps, start))
}

/** One start on its way. */
interface Start extends Begin {
  said: ClientContext
  expiresAt: number
}

async function begin(deps: SignInDeps, start: Start): Promise<StartedSignIn> {
  const { identifier, said, context, expiresAt } = start
  const begun = await challengeFor(deps, start)
  const expiresIn = deps.settings.sessionSeconds
  if (begun === undefined) {
    const attempt = deps.lookalike.attempt(identifier.value, said)
    const issued = await deps.lookalike.challenge(attempt, context)
    return { session: seal(deps, { attempt, issued, expiresAt }), ...issued, expiresIn }
  }
  const { challenge, toldContext } = begun
  const issued = readIssued(challenge)
  deps.lookalike.learn({ challenge, issued, typed: identifier, toldContext })
  const { cognitoSession, username } = challenge
  const attempt = { cognitoSession, username, context: said, refused: 0 }
  return { session: seal(deps, { attempt, issued, expiresAt }), ...issued, expiresIn }
}

function seal(
  { sealer }: SignInDeps,
  { attempt, issued, expiresAt }: { attempt: Attempt; issued: IssuedChallenge; expiresAt: number },
): string {
  return sealer.seal({ ...attempt, issued: tokenDigest(issued.token) }, expiresAt)
}
