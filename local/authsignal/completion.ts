import type { Backend } from './backend.ts'
import type { Destination } from './destination.ts'
import { insufficientScope, mayEnrol, type Session } from './session.ts'
import { moveTo } from './store/action.ts'
import {
  findAuthenticator,
  markVerified,
  startEnrolment,
  type Authenticator,
  type VerificationMethod,
} from './store/authenticator.ts'
import { MANAGEMENT_SCOPE } from './tokens.ts'

/** The action has been answered, with the authenticator if there was one. */
export function completeAction(
  { now }: Backend,
  { action }: Pick<Session, 'action'>,
  method: VerificationMethod,
  authenticator: Authenticator | undefined,
): void {
  moveTo(action, 'CHALLENGE_SUCCEEDED', now())
  action.verificationMethod = method
  delete action.verifiedByAuthenticatorId
  if (authenticator) action.verifiedByAuthenticatorId = authenticator.userAuthenticatorId
}

/**
 * The user has shown control over the address: completes the action, and enrols the address where
 * the token may do that.
 * @returns the authenticator if it is a new one
 */
export function completeWithAddress(
  backend: Backend,
  session: Session,
  method: VerificationMethod,
  { address, isEnrolment }: Destination,
): Authenticator | undefined {
  const { user } = session
  const { now } = backend
  const known = findAuthenticator(user, method, address)
  const isNew = known?.verifiedAt === undefined
  // The user may have enrolled elsewhere since the start, so the right is asked for again.
  if (isNew && isEnrolment && !mayEnrol(backend, session)) throw insufficientScope()

  const authenticator =
    isNew && mayEnrol(backend, session) ? startEnrolment(user, method, address, now()) : known
  if (authenticator) markVerified(user, authenticator, now())
  completeAction(backend, session, method, authenticator)
  return isNew ? authenticator : undefined
}

/** The token of a completed challenge: of the same action, with a lifetime and scopes of its own. */
export function issueAccessToken(
  { tokens }: Backend,
  { action, user }: Pick<Session, 'action' | 'user'>,
): Promise<string> {
  return tokens.issue(action, { scope: MANAGEMENT_SCOPE, username: user.attributes.username })
}
