import type { Address } from '../addresses.ts'
import { isOf } from '../authsignal/align-authenticators.ts'
import type { EnrolledAuthenticator, PastAction, Validation } from '../authsignal/answers.ts'
import type { MacKey } from '../trigger-protocol/derived-key.ts'
import { isNotedFor, type AuthenticatorNotes } from './noted-authenticators.ts'

/** What verify knows of the attempt whose proof it looks at. */
export interface Attempt {
  action: string
  idempotencyKey: string
  notes: Partial<AuthenticatorNotes>
  proven: Address | 'possession'
}

/**
 * Whether the user's recent actions say by themselves that an authenticator of when the token left
 * proved the address Cognito holds now. If so, nobody need ask which authenticators there are by
 * now: the one that is named was of that very address, and only the token of a passed challenge,
 * or of an action that was given the right, could have changed it since (docs: client-api/overview,
 * initiate-challenge on `update:authenticators`). There was none.
 */
export function isSettled(
  key: MacKey,
  { action, idempotencyKey, notes, proven }: Attempt,
  actions: readonly PastAction[],
): boolean {
  const isThis = (past: PastAction) =>
    past.code === action && past.idempotencyKey === idempotencyKey
  const own = actions.find(isThis)
  if (proven === 'possession' || own?.authenticatorId === undefined) return false
  const isHarmless = ({ code, state }: PastAction) =>
    code === action && state === 'CHALLENGE_REQUIRED'
  return (
    isNotedFor(key, notes, own.authenticatorId, proven.value) &&
    actions.every((past) => isThis(past) || isHarmless(past))
  )
}

/** Whether the action names an authenticator that was not there when the token left. */
export function isByAnother(
  { idempotencyKey, notes }: Attempt,
  actions: readonly PastAction[],
): boolean {
  const then = idsIn(notes)
  return actions.some(
    (past) =>
      past.idempotencyKey === idempotencyKey &&
      past.authenticatorId !== undefined &&
      !then.has(past.authenticatorId),
  )
}

/**
 * Whether every authenticator that could have given the proof was there when the token left and is
 * of the address Cognito holds now. Validate says which method was passed, not with which
 * authenticator, and one that came later may be a stranger's.
 */
export function isByThoseOfThen(
  { notes, proven }: Attempt,
  { method }: Validation,
  enrolled: readonly EnrolledAuthenticator[],
): boolean {
  const then = idsIn(notes)
  const candidates = enrolled.filter((entry) =>
    proven === 'possession'
      ? // An enrolment that was begun and left can have passed nothing; it must lock nobody out.
        entry.method === method && entry.isVerified
      : proven.provenBy.includes(entry.method),
  )
  const isSound = (entry: EnrolledAuthenticator) =>
    then.has(entry.id) && (proven === 'possession' || isOf(entry, proven))
  return candidates.length > 0 && candidates.every(isSound)
}

function idsIn({ authenticators = '' }: Partial<AuthenticatorNotes>): Set<string> {
  return new Set(authenticators.split(' '))
}
