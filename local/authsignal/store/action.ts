import type { VerificationMethod } from './authenticator.ts'

export const ACTION_STATES = [
  'ALLOW',
  'BLOCK',
  'CHALLENGE_REQUIRED',
  'CHALLENGE_SUCCEEDED',
  'CHALLENGE_FAILED',
  'REVIEW_REQUIRED',
  'REVIEW_SUCCEEDED',
  'REVIEW_FAILED',
] as const

export type ActionState = (typeof ACTION_STATES)[number]

/** What the server side said about the action when tracking it. */
export interface TrackedAttributes {
  email?: string
  phoneNumber?: string
  username?: string
  ipAddress?: string
  userAgent?: string
  deviceId?: string
  locale?: string
  redirectUrl?: string
  redirectToSettings?: boolean
  custom?: Record<string, string | number | boolean>
}

export interface Action {
  userId: string
  actionCode: string
  idempotencyKey: string
  state: ActionState
  createdAt: string
  updatedAt: string
  stateUpdatedAt: string
  tracked: TrackedAttributes
  rules: { ruleId: string; name: string }[]
  /** What a rule leaves of the ways to answer; all of them when left out. */
  allowedMethods?: readonly VerificationMethod[]
  verificationMethod?: VerificationMethod
  verifiedByAuthenticatorId?: string
}

/** The states in which the holder of the action's token may still do something with it. */
const OPEN = new Set<ActionState>(['ALLOW', 'CHALLENGE_REQUIRED', 'CHALLENGE_SUCCEEDED'])
/** The states that a further track with the same key judges anew; every other one stays. */
const UNDECIDED = new Set<ActionState>(['ALLOW', 'CHALLENGE_REQUIRED'])

export const isOpen = (action: Action): boolean => OPEN.has(action.state)
export const isUndecided = (action: Action): boolean => UNDECIDED.has(action.state)

export function newAction(
  user: Pick<Action, 'userId'>,
  { actionCode, idempotencyKey }: Pick<Action, 'actionCode' | 'idempotencyKey'>,
  tracked: TrackedAttributes,
  now: string,
): Action {
  return {
    userId: user.userId,
    actionCode,
    idempotencyKey,
    state: 'ALLOW',
    createdAt: now,
    updatedAt: now,
    stateUpdatedAt: now,
    tracked,
    rules: [],
  }
}

export const actionKey = (actionCode: string, idempotencyKey: string): string =>
  JSON.stringify([actionCode, idempotencyKey])

export function moveTo(action: Action, state: ActionState, now: string): void {
  if (action.state !== state) action.stateUpdatedAt = now
  action.state = state
  action.updatedAt = now
}
