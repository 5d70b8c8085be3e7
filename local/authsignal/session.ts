import type { FastifyRequest } from 'fastify'
import { ApiError, unauthorized } from './api-error.ts'
import type { Backend } from './backend.ts'
import { basicUsername, bearerToken } from './basic-auth.ts'
import { isOpen, type Action } from './store/action.ts'
import { isEnrolled, type VerificationMethod } from './store/authenticator.ts'
import type { UserRecord } from './store/user.ts'
import type { Token } from './tokens.ts'

/** Who calls the client API: the holder of a token of one action of one user. */
export interface Session {
  token: Token
  /** The token as it came. */
  encoded: string
  user: UserRecord
  action: Action
}

export async function readSession(backend: Backend, request: FastifyRequest): Promise<Session> {
  const encoded = bearerToken(request.headers.authorization)
  if (encoded === undefined) throw unauthorized('A bearer token is required.')
  const token = await backend.tokens.read(encoded)
  const user = backend.users.get(token.userId)
  const action = backend.users.action(token.userId, token.actionCode, token.idempotencyKey)
  if (!user || !action) throw unauthorized('The user of this token no longer exists.')
  return { token, encoded, user, action }
}

/** For endpoints that lead to CHALLENGE_SUCCEEDED by the method. */
export async function readOpenSession(
  backend: Backend,
  request: FastifyRequest,
  method: VerificationMethod,
): Promise<Session> {
  const session = await readSession(backend, request)
  requireOpen(session.action, method)
  return session
}

/** That a rule limits enrolments too, and code and status of the refusals: [unconfirmed]. */
export function requireOpen(action: Action, method: VerificationMethod): void {
  if (!isOpen(action)) {
    throw new ApiError(403, 'forbidden', `The action is in state ${action.state}.`)
  }
  if (action.allowedMethods?.includes(method) === false) {
    throw new ApiError(403, 'forbidden', `The action may not be answered by ${method}.`)
  }
}

/** For endpoints that pages call before they know who the user is: the tenant's public id will do. */
export function requireTenant({ tenantId }: Backend, request: FastifyRequest): void {
  const username = basicUsername(request.headers.authorization)
  // The browser SDK encodes the id as if it went into a URL.
  if (username !== tenantId && username !== encodeURIComponent(tenantId)) {
    throw unauthorized('The tenant id is not valid for this region.')
  }
}

/** The session of a caller with a token, nothing for one who only names the tenant. */
export async function readSessionOrTenant(
  backend: Backend,
  request: FastifyRequest,
  method: VerificationMethod,
): Promise<Session | undefined> {
  if (bearerToken(request.headers.authorization) !== undefined) {
    return readOpenSession(backend, request, method)
  }
  requireTenant(backend, request)
  return undefined
}

/**
 * Any token of a user without an authenticator may enrol the first one; from then on it takes the
 * scope, or a challenge completed in the last ten minutes (docs: client-api/overview,
 * authenticator-binding). Whether that challenge must be the token's own is [unconfirmed]: see
 * `enrolAfterAnyChallenge`. These rights are what the triggers must keep from strangers.
 */
export function mayEnrol(backend: Backend, { user, token }: Session): boolean {
  if (!isEnrolled(user) || token.scopes.has('add:authenticators')) return true
  return backend.enrolAfterAnyChallenge && [...user.actions.values()].some(isRecent(backend))
}

const RECENT_MS = 10 * 60_000

function isRecent({ clock }: Backend): (action: Action) => boolean {
  return ({ state, stateUpdatedAt }) =>
    state === 'CHALLENGE_SUCCEEDED' && clock.now() - Date.parse(stateUpdatedAt) < RECENT_MS
}

/** Code and status: [unconfirmed]. */
export const insufficientScope = (): ApiError =>
  new ApiError(403, 'insufficient_scope', 'The token lacks the scope for this.')
