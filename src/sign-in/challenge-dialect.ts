import { hash } from 'node:crypto'
import { readExistenceHint } from '../trigger-protocol/existence-hint.ts'
import { isBlocked } from '../trigger-protocol/states.ts'
import { PROVIDE_AUTH_PARAMETERS } from '../trigger-protocol/words.ts'
import { ServiceError } from '../errors.ts'
import type { IssuedChallenge, PendingChallenge } from './ports.ts'
import type { MacKey } from '../trigger-protocol/derived-key.ts'

/** The made-up username of an unknown user is a UUID of version 3 (aws/aws-sdk-go#3134). */
const NAME_DERIVED_UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-3[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** True when the triggers want the client's context before they issue a challenge (two rounds). */
export function asksForContext(challenge: PendingChallenge): boolean {
  const { challenge: name, nextStep } = challenge.parameters
  return name === PROVIDE_AUTH_PARAMETERS || nextStep === PROVIDE_AUTH_PARAMETERS
}

/**
 * Whether a challenge was made for a user that does not exist: certain with our triggers, a good
 * guess with others (a wrong guess costs one AdminCreateUser that answers "exists").
 */
export function isForNobody(challenge: PendingChallenge, hintKey: MacKey): boolean {
  const exists = readExistenceHint(hintKey, challenge.parameters['hint'])
  return exists === undefined ? NAME_DERIVED_UUID.test(challenge.username) : !exists
}

/**
 * What the create trigger, ours or the vendor's, issued for the client.
 * @throws ServiceError `sign_in_blocked` when a rule said no, `upstream_error` when there is nothing
 *   a client could use
 */
export function readIssued({ parameters }: PendingChallenge): IssuedChallenge {
  const { token, url, state } = parameters
  if (isBlocked(state)) throw new ServiceError('sign_in_blocked')
  if (!token && !url) {
    throw new ServiceError('upstream_error', {
      upstream: {
        service: 'cognito',
        operation: 'CreateAuthChallenge',
        reason: 'challenge has neither token nor url',
      },
    })
  }
  return { ...(token ? { token } : {}), ...(url ? { url } : {}) }
}

/** Always of the same length; of nothing, where the challenge has a page only. */
export function tokenDigest(token = ''): string {
  return hash('sha256', token, 'base64url')
}
