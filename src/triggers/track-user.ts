import type { TrackedAction } from '../authsignal/answers.ts'
import type { TrackInput } from '../authsignal/client.ts'
import { ServiceError } from '../errors.ts'
import { newAttemptName } from '../trigger-protocol/attempt-name.ts'
import { isBlocked } from '../trigger-protocol/states.ts'
import type { Address } from '../addresses.ts'
import { alignAuthenticators } from '../authsignal/align-authenticators.ts'
import { noteAuthenticators, type AuthenticatorNotes } from './noted-authenticators.ts'
import type { TriggerSettings } from './settings.ts'

/** What the service tells of the client; addresses come from Cognito, never from a request. */
export type TrackAttributes = Omit<TrackInput['attributes'], 'username' | 'email' | 'phoneNumber'>

export interface Issued {
  token: string
  url: string
  state: string
  idempotencyKey: string
  /** The authenticators the user had when the token left. */
  notes: AuthenticatorNotes
}

export interface TrackUserInput {
  userId: string
  username: string
  addresses: readonly Address[]
  passwordProven: boolean
  attributes: TrackAttributes
  idempotencyKey: string
}

/**
 * Tracks a user's sign-in, with Authsignal's authenticators brought in line first.
 * @returns undefined when no challenge can reach the user: a token for a user without an
 *   authenticator enrols whoever holds it, so nobody gets one who has proven nothing yet
 */
export async function trackUser(
  { authsignal, actionCode, keys }: TriggerSettings,
  input: TrackUserInput,
): Promise<Issued | undefined> {
  const { userId, username, addresses, attributes, idempotencyKey } = input
  const track = async (key: string) => {
    const destinations = Object.fromEntries(addresses.map(({ kind, value }) => [kind, value]))
    const tracked = await authsignal.track({
      userId,
      action: actionCode,
      idempotencyKey: key,
      attributes: { username, ...attributes, ...destinations },
    })
    if (isBlocked(tracked.state)) throw new ServiceError('sign_in_blocked')
    return tracked
  }

  // Side by side: a returning user waits for one answer.
  const [first, enrolled] = await Promise.all([
    track(idempotencyKey),
    authsignal.authenticators(userId),
  ])
  const aligned = await alignAuthenticators(authsignal, userId, addresses, enrolled)
  const isOfBefore = isOver(first) || !first.isEnrolled
  const key = isOfBefore ? newAttemptName() : idempotencyKey
  const tracked = isOfBefore ? await track(key) : first
  // After a password the user may go on without a second factor where the rules say so.
  const isAllowed = input.passwordProven && tracked.state === 'ALLOW'
  if (!tracked.isEnrolled && !isAllowed) return undefined
  return {
    token: tracked.token,
    url: tracked.url,
    state: tracked.state,
    idempotencyKey: key,
    notes: noteAuthenticators(keys.context, aligned, addresses, { isNewcomer: !first.isEnrolled }),
  }
}

/** A repeated key joins an action that may have ended meanwhile; its token would prove too much. */
function isOver({ state }: TrackedAction): boolean {
  return state === 'CHALLENGE_SUCCEEDED' || state === 'CHALLENGE_FAILED'
}
