import { randomBytes } from 'node:crypto'
import type { TrackedAction } from '../authsignal/answers.ts'
import type { TrackInput } from '../authsignal/client.ts'
import { makeDecoy } from '../authsignal/decoy.ts'
import { SignInError } from '../sign-in/errors.ts'
import { writeExistenceHint } from '../trigger-protocol/existence-hint.ts'
import { readContext, type SignInContext } from '../trigger-protocol/signed-context.ts'
import { PROVIDE_AUTH_PARAMETERS } from '../trigger-protocol/words.ts'
import { trustedAddresses, type Address } from './addresses.ts'
import { alignAuthenticators } from './align-authenticators.ts'
import { subOf, type CreateEvent } from './events.ts'
import type { TriggerSettings } from './settings.ts'

/**
 * Issues one round's challenge.
 * Source: AWS docs, user-pool-lambda-create-auth-challenge.
 */
export async function createChallenge(
  settings: TriggerSettings,
  event: CreateEvent,
): Promise<CreateEvent> {
  const userId = subOf(event)
  const hint = writeExistenceHint(settings.keys.hint, userId !== undefined)
  if (settings.contextRound && event.request.session.length === 0) {
    return askForContext(event, hint)
  }
  const addresses = trustedAddresses(event.request.userAttributes ?? {})
  const issued =
    userId === undefined
      ? await nobodysChallenge(settings, event)
      : await usersChallenge(settings, event, userId, addresses)

  event.response = {
    publicChallengeParameters: { token: issued.token, url: issued.url, hint },
    // Never empty: Cognito then fails the sign-in with a misleading text (amplify-js#8145).
    privateChallengeParameters: { idempotencyKey: issued.idempotencyKey },
    // Only later rounds of this sign-in see it; they go on with the same Authsignal action.
    challengeMetadata: issued.idempotencyKey,
  }
  return event
}

interface Issued {
  token: string
  url: string
  idempotencyKey: string
}

function askForContext(event: CreateEvent, hint: string): CreateEvent {
  const challenge = PROVIDE_AUTH_PARAMETERS
  event.response = {
    publicChallengeParameters: { challenge, hint },
    privateChallengeParameters: { challenge },
    challengeMetadata: challenge,
  }
  return event
}

/** The same call, the same shape, good for nothing; also for a user whom no challenge can reach. */
async function nobodysChallenge(
  { authsignal, actionCode }: TriggerSettings,
  { userName }: CreateEvent,
): Promise<Issued> {
  const decoy = await makeDecoy(authsignal, actionCode, userName)
  return { ...decoy, idempotencyKey: newKey() }
}

async function usersChallenge(
  settings: TriggerSettings,
  event: CreateEvent,
  userId: string,
  addresses: readonly Address[],
): Promise<Issued> {
  const context = readContext(settings.keys.context, event.userName, event.request.clientMetadata)
  const track = (idempotencyKey: string) =>
    trackSafely(settings, {
      userId,
      action: settings.actionCode,
      idempotencyKey,
      attributes: attributesOf(settings, event, addresses, context),
    })

  let idempotencyKey = previousKey(event) ?? newKey()
  let tracked = await track(idempotencyKey)
  const again = isOver(tracked)
  const aligned = await ensureEnrolled(settings, userId, addresses, tracked)
  if (again || aligned) {
    // The action is of before: finished, or from when the user could not be challenged.
    idempotencyKey = newKey()
    tracked = await track(idempotencyKey)
  }
  if (!tracked.isEnrolled) {
    // A token for a user without an authenticator enrols whoever holds it: nobody gets one.
    return nobodysChallenge(settings, event)
  }
  return { token: tracked.token, url: tracked.url, idempotencyKey }
}

async function trackSafely(settings: TriggerSettings, input: TrackInput): Promise<TrackedAction> {
  const tracked = await settings.authsignal.track(input)
  if (tracked.state === 'BLOCK' || tracked.state.startsWith('REVIEW')) {
    throw new SignInError('sign_in_blocked')
  }
  return tracked
}

/** A repeated key joins an action that may have ended meanwhile; its token would prove too much. */
function isOver({ state }: TrackedAction): boolean {
  return state === 'CHALLENGE_SUCCEEDED' || state === 'CHALLENGE_FAILED'
}

/** @returns whether anything had to be changed at Authsignal */
async function ensureEnrolled(
  { authsignal }: TriggerSettings,
  userId: string,
  addresses: readonly Address[],
  { isEnrolled, enrolledMethods }: TrackedAction,
): Promise<boolean> {
  if (!isEnrolled) {
    await alignAuthenticators(authsignal, userId, addresses, [])
    return addresses.length > 0
  }
  const doubtful = addresses.filter(
    ({ isVerified, provenBy }) =>
      // Not proven since it was set, or not enrolled: look before a code goes out.
      !isVerified || !provenBy.some((method) => enrolledMethods.includes(method)),
  )
  if (doubtful.length === 0) return false
  const enrolled = await authsignal.authenticators(userId)
  await alignAuthenticators(authsignal, userId, doubtful, enrolled)
  return false
}

/** Addresses come from Cognito, never from a request; so does everything that is not signed. */
function attributesOf(
  { redirectUrl }: TriggerSettings,
  event: CreateEvent,
  addresses: readonly Address[],
  context: SignInContext | undefined,
): TrackInput['attributes'] {
  const { identifier: _identifier, ...fromService } = context ?? {}
  return {
    username: event.userName,
    ...(redirectUrl === undefined ? {} : { redirectUrl }),
    ...fromService,
    ...Object.fromEntries(addresses.map(({ kind, value }) => [kind, value])),
  }
}

/** The action of the round before, so that a wrong answer does not start another one. */
function previousKey({ request }: CreateEvent): string | undefined {
  const key = request.session.at(-1)?.challengeMetadata
  return key && key !== PROVIDE_AUTH_PARAMETERS ? key : undefined
}

/** Names one attempt. Random, because Cognito's event has nothing that differs between attempts. */
function newKey(): string {
  return randomBytes(18).toString('base64url')
}
