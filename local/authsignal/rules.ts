import { randomUUID } from 'node:crypto'
import { Type, type Static } from 'typebox'
import type { Action, ActionState } from './store/action.ts'
import { sameAddress } from './store/address.ts'
import type { UserAttributes } from './store/user.ts'

/** A rule of the tenant in its plainest form: every field given must match. */
export const Rule = Type.Object(
  {
    name: Type.Optional(Type.String()),
    action: Type.Optional(Type.String()),
    userId: Type.Optional(Type.String()),
    email: Type.Optional(Type.String()),
    phoneNumber: Type.Optional(Type.String()),
    ipAddress: Type.Optional(Type.String()),
    deviceId: Type.Optional(Type.String()),
    outcome: Type.Enum(['ALLOW', 'CHALLENGE', 'REVIEW', 'BLOCK']),
  },
  { additionalProperties: false },
)
export type Rule = Static<typeof Rule>
export type RuleWithId = Rule & { ruleId: string }

const STATE_OF_OUTCOME: Record<Rule['outcome'], ActionState> = {
  ALLOW: 'ALLOW',
  CHALLENGE: 'CHALLENGE_REQUIRED',
  REVIEW: 'REVIEW_REQUIRED',
  BLOCK: 'BLOCK',
}

export const stateOf = (rule: Rule): ActionState => STATE_OF_OUTCOME[rule.outcome]

/** The first rule added has the highest priority. */
export class Rules {
  #rules: RuleWithId[] = []

  /** Answers the id under which track will name the rule. */
  add(rule: Rule): string {
    const ruleId = randomUUID()
    this.#rules.push({ ...rule, ruleId })
    return ruleId
  }

  clear(): void {
    this.#rules = []
  }

  match(action: Action, user: UserAttributes): RuleWithId | undefined {
    return this.#rules.find((rule) => matches(rule, action, user))
  }
}

function matches(
  rule: Rule,
  { userId, actionCode, tracked }: Action,
  user: UserAttributes,
): boolean {
  const { email, phoneNumber } = { ...user, ...tracked }
  return (
    fits(rule.action, actionCode) &&
    fits(rule.userId, userId) &&
    fits(rule.ipAddress, tracked.ipAddress) &&
    fits(rule.deviceId, tracked.deviceId) &&
    fits(rule.phoneNumber, phoneNumber) &&
    (rule.email === undefined || sameAddress(rule.email, email))
  )
}

function fits(wanted: string | undefined, given: string | undefined): boolean {
  return wanted === undefined || wanted === given
}
