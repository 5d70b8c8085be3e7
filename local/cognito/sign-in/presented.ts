import type { Client } from '../clients.ts'
import { normalised } from '../pool.ts'
import { incorrectUsernameOrPassword, userNotFound } from '../protocol/errors.ts'
import type { Needs } from '../services.ts'
import { invalidSession, type PendingChallenge } from './session-store.ts'
import { refuseByState, type Subject } from './subject.ts'

/** What RespondToAuthChallenge brings, whichever challenge it answers. */
export interface ChallengeAnswer {
  session: string | undefined
  responses: Record<string, string>
  clientMetadata: Record<string, string> | undefined
}

/** Whose answer this may be: the pending challenge belongs to the same client, user and kind. */
export function isAnsweredBy<Name extends PendingChallenge['challengeName']>(
  { pool }: Needs<'pool'>,
  pending: PendingChallenge,
  by: { challengeName: Name; clientId: string; username: string },
): pending is Extract<PendingChallenge, { challengeName: Name }> {
  // Strict: an alias was accepted for some other challenges and refused for others, so only the
  // echoed name will do here (amplify-js#7615 against capless/warrant#74).
  const sameUser = normalised(pool, pending.username) === normalised(pool, by.username)
  return sameUser && pending.clientId === by.clientId && pending.challengeName === by.challengeName
}

/** The session is spent from here on, even if it turns out to be somebody else's. */
export function presented<Name extends PendingChallenge['challengeName']>(
  { pool, sessions }: Needs<'pool' | 'sessions'>,
  session: string,
  by: { challengeName: Name; clientId: string; username: string },
): Extract<PendingChallenge, { challengeName: Name }> {
  const pending = sessions.present(session)
  if (!isAnsweredBy({ pool }, pending, by)) throw invalidSession()
  return pending
}

/** Unconfirmed: what a user is told who was deleted or disabled between the two calls. */
export function subjectOf(
  { users }: Needs<'users'>,
  client: Client,
  pending: PendingChallenge,
): Subject {
  if (!pending.userExists) return { username: pending.username, user: undefined }
  const user = users.byUsername(pending.username)
  if (!user) {
    throw client.preventUserExistenceErrors === 'LEGACY'
      ? userNotFound()
      : incorrectUsernameOrPassword()
  }
  refuseByState(client, user)
  return { username: user.username, user }
}
