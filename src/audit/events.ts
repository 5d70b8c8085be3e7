import type { ErrorCode } from '../errors.ts'
import type { Facts } from './facts.ts'
import type { Finding } from './findings.ts'

/**
 * Every event of the audit, by its stable name: new ones may come, none changes its meaning.
 * `docs/audit.md` is generated from it.
 */
export const EVENTS = {
  sign_in_started: 'Somebody asks to sign in. Written before anything is done about it.',
  sign_in_challenged:
    'A challenge was issued: after a start, or once more after a proof that was refused. Without `user` where there is nobody to sign in.',
  sign_in_finished: 'Somebody has signed in and got tokens.',
  sign_in_failed:
    'A start or a proof was refused, or could not be looked at. With `retry` the sign-in may go on.',
  sign_in_blocked:
    'A rule blocked the sign-in or holds it for review. With `hidden` the client got the answer of any other start.',
  tokens_refreshed: 'Tokens were renewed.',
  token_refresh_failed: 'Tokens were not renewed.',
  signed_out: 'A refresh token was ended.',
  signed_out_everywhere: 'All refresh tokens of a user were ended.',
  sign_out_failed: 'Nothing was ended.',
  authenticator_enrollment_started: 'A token was given with which one more way in can be added.',
  authenticator_added: 'A way in was added; where it proves an address, that is the user’s now.',
  authenticator_enrollment_failed: 'No way in was added.',
  authenticator_removed: 'A way in was removed.',
  authenticator_removal_failed: 'No way in was removed.',
  profile_changed: 'A user changed their profile.',
  profile_change_failed: 'The profile is as it was.',
  account_deleted: 'An account was deleted, at Cognito and Authsignal.',
  account_deletion_failed: 'The account was not deleted, or not all of it.',
  step_up_started:
    'A user is about to prove once more who they are; `state` says whether they must.',
  step_up_finished: 'They have.',
  step_up_failed: 'A step-up was refused, or could not be looked at.',
  step_up_blocked: 'A rule blocked the step-up or holds it for review.',
} as const

export type EventName = keyof typeof EVENTS

/** What the triggers write into their own log, where alone the rules of a sign-in can be seen. */
export const TRIGGER_EVENTS = {
  challenge_tracked: 'The create trigger asked Authsignal for the challenge of a sign-in.',
  challenge_blocked: 'It did, and a rule blocked the sign-in or holds it for review.',
  proof_validated: 'The verify trigger asked Authsignal what a proof is worth.',
} as const

export type TriggerEventName = keyof typeof TRIGGER_EVENTS

/**
 * `refused`: for something the client did or sent. `blocked`: by a rule. `error`: for something it can
 * do nothing about.
 */
export type Outcome = 'ok' | 'refused' | 'blocked' | 'error'

/** Which way in. */
export type Flow = 'challenge' | 'passkey' | 'id_token'

/** One event, before it is known who reads it. */
export interface AuditEvent {
  event: EventName
  /** The `operationId` in the API description. */
  operation: string
  outcome: Outcome
  flow?: Flow | undefined
  /** The code that the client was answered with. */
  code?: ErrorCode | 'internal_error'
  reason?: string
  finding?: Finding
  /** Whether the client got a session to go on with. */
  retry?: boolean
  /** Whether the client was not told. */
  hidden?: boolean
  facts: Facts
}

/** Takes note of an event; must not throw. */
export type RecordEvent = (event: AuditEvent) => void
