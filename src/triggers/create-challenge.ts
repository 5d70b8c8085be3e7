import { decoyUserId, makeDecoy } from '../authsignal/decoy.ts'
import { newAttemptName } from '../trigger-protocol/attempt-name.ts'
import { writeExistenceHint } from '../trigger-protocol/existence-hint.ts'
import { readContext, ruleInputs } from '../trigger-protocol/signed-context.ts'
import { PROVIDE_AUTH_PARAMETERS } from '../trigger-protocol/words.ts'
import { addressesInPlay } from '../addresses.ts'
import { subOf, type CreateEvent } from './events.ts'
import { FIRST_FACTOR, roundsAfterPassword } from './password-first.ts'
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
  const passwordProven = roundsAfterPassword(event.request.session) !== undefined
  const issued = await issue(settings, event, { userId, passwordProven })
  const { token, url, state } = issued
  event.response = {
    // The state tells clients that began with a password whether to answer at once (docs:
    // aws-cognito/rules). Anybody else could learn from it who has signed in before.
    publicChallengeParameters: { token, url, hint, ...(passwordProven && { state }) },
    // What verify compares with. Never empty: Cognito then fails the sign-in (amplify-js#8145).
    privateChallengeParameters: {
      idempotencyKey: issued.idempotencyKey,
      ...issued.notes,
      ...(passwordProven && { firstFactor: FIRST_FACTOR }),
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
  { userId, passwordProven }: { userId: string | undefined; passwordProven: boolean },
): Promise<Issued> {
  const { clientMetadata, userAttributes } = event.request
  const context = readContext(settings.keys.context, event.userName, clientMetadata)
  const addresses = addressesInPlay(userAttributes ?? {}, context, settings.keys.context)
  const attributes: TrackAttributes = {
    ...(settings.redirectUrl === undefined ? {} : { redirectUrl: settings.redirectUrl }),
    ...ruleInputs(context),
  }
  const idempotencyKey = previousKey(event) ?? newAttemptName()
  const issued =
    userId === undefined || addresses === undefined
      ? undefined
      : await trackUser(settings, {
          userId,
          username: event.userName,
          addresses,
          passwordProven,
          attributes,
          idempotencyKey,
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
  const issued = { state: 'CHALLENGE_REQUIRED', idempotencyKey, notes: { authenticators: '' } }
  return { ...(await makeDecoy(authsignal, decoy)), ...issued }
}

/** The action of the round before, so that a wrong answer does not start another one. */
function previousKey({ request }: CreateEvent): string | undefined {
  const key = request.session.at(-1)?.challengeMetadata
  return key && key !== PROVIDE_AUTH_PARAMETERS ? key : undefined
}
