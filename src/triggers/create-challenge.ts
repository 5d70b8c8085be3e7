import { randomBytes } from 'node:crypto'
import { decoyUserId, makeDecoy } from '../authsignal/decoy.ts'
import { writeExistenceHint } from '../trigger-protocol/existence-hint.ts'
import { readContext, ruleInputs } from '../trigger-protocol/signed-context.ts'
import { PROVIDE_AUTH_PARAMETERS } from '../trigger-protocol/words.ts'
import { addressesInPlay } from './addresses.ts'
import { subOf, type CreateEvent } from './events.ts'
import type { TriggerSettings } from './settings.ts'
import { trackUser, type Issued, type TrackAttributes } from './track-user.ts'

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
  const issued = await issue(settings, event, userId)
  event.response = {
    publicChallengeParameters: { token: issued.token, url: issued.url, hint },
    // What verify compares with. Never empty: Cognito then fails the sign-in (amplify-js#8145).
    privateChallengeParameters: {
      idempotencyKey: issued.idempotencyKey,
      authenticators: issued.authenticatorIds.join(' '),
    },
    // Only later rounds of this sign-in see it; they go on with the same Authsignal action.
    challengeMetadata: issued.idempotencyKey,
  }
  return event
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

async function issue(
  settings: TriggerSettings,
  event: CreateEvent,
  userId: string | undefined,
): Promise<Issued> {
  const { clientMetadata, userAttributes } = event.request
  const context = readContext(settings.keys.context, event.userName, clientMetadata)
  const addresses = addressesInPlay(userAttributes ?? {}, context, settings.keys.context)
  const attributes: TrackAttributes = {
    ...(settings.redirectUrl === undefined ? {} : { redirectUrl: settings.redirectUrl }),
    ...ruleInputs(context),
  }
  const idempotencyKey = previousKey(event) ?? newKey()
  const issued =
    userId === undefined || addresses === undefined
      ? undefined
      : await trackUser(settings, {
          userId,
          username: event.userName,
          addresses,
          attributes,
          idempotencyKey,
          newKey,
        })
  return issued ?? nobodysChallenge(settings, event, attributes, idempotencyKey)
}

/** The same call, the same shape, good for nothing; also for a user whom no challenge can reach. */
async function nobodysChallenge(
  { authsignal, actionCode, keys }: TriggerSettings,
  { userName }: CreateEvent,
  attributes: TrackAttributes,
  idempotencyKey: string,
): Promise<Issued> {
  const userId = decoyUserId(keys.decoy, userName)
  const decoy = { action: actionCode, idempotencyKey, userId, username: userName, attributes }
  return { ...(await makeDecoy(authsignal, decoy)), idempotencyKey, authenticatorIds: [] }
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
