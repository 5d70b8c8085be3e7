import { randomUUID } from 'node:crypto'
import { Type, type Static } from 'typebox'
import { Custom } from './input.ts'
import { ipRanges } from './ip-ranges.ts'
import { ALLOWED_METHODS } from './methods.ts'
import type { Action, ActionState } from './store/action.ts'
import { sameAddress } from './store/address.ts'
import type { UserRecord } from './store/user.ts'

const text = () => Type.Optional(Type.String())

/** A rule of the tenant in its plainest form: every field given must match. */
export const Rule = Type.Object(
  {
    name: text(),
    action: text(),
    userId: text(),
    email: text(),
    phoneNumber: text(),
    ipAddress: text(),
    /** Networks in CIDR notation, for "this country" or "our office". */
    ipRange: Type.Optional(Type.Array(Type.String(), { minItems: 1 })),
    deviceId: text(),
    /** Whether the device has never been in a completed action of this user. */
    newDevice: Type.Optional(Type.Boolean()),
    /** Part of the header, upper and lower case alike. */
    userAgent: text(),
    /** `de` stands for `de-AT` as well. */
    locale: text(),
    redirectUrl: text(),
    /** Data points that must have exactly these values. */
    custom: Type.Optional(Custom),
    outcome: Type.Enum(['ALLOW', 'CHALLENGE', 'REVIEW', 'BLOCK']),
    /** The only ways in which the action may then be answered. */
    methods: Type.Optional(Type.Array(Type.Enum([...ALLOWED_METHODS]), { minItems: 1 })),
  },
  { additionalProperties: false },
)
export type Rule = Static<typeof Rule>
export type RuleWithId = Rule & { ruleId: string }

interface KnownRule {
  rule: RuleWithId
  isInRange: (address: string | undefined) => boolean
}

const STATE_OF_OUTCOME: Record<Rule['outcome'], ActionState> = {
  ALLOW: 'ALLOW',
  CHALLENGE: 'CHALLENGE_REQUIRED',
  REVIEW: 'REVIEW_REQUIRED',
  BLOCK: 'BLOCK',
}

export const stateOf = (rule: Rule): ActionState => STATE_OF_OUTCOME[rule.outcome]

/** The first rule added has the highest priority. */
export class Rules {
  #rules: KnownRule[] = []

  /** Answers the id under which track will name the rule. */
  add(rule: Rule): string {
    const ruleId = randomUUID()
    const isInRange = rule.ipRange ? ipRanges(rule.ipRange) : () => true
    this.#rules.push({ rule: { ...rule, ruleId }, isInRange })
    return ruleId
  }

  clear(): void {
    this.#rules = []
  }

  match(action: Action, user: UserRecord): RuleWithId | undefined {
    const matching = this.#rules.find(
      ({ rule, isInRange }) =>
        isInRange(action.tracked.ipAddress) &&
        fitsUser(rule, action, user) &&
        fitsClient(rule, action, user) &&
        fitsData(rule, action),
    )
    return matching?.rule
  }
}

function fitsUser(rule: Rule, { userId, actionCode, tracked }: Action, user: UserRecord): boolean {
  const { email, phoneNumber } = { ...user.attributes, ...tracked }
  return (
    fits(rule.action, actionCode) &&
    fits(rule.userId, userId) &&
    fits(rule.phoneNumber, phoneNumber) &&
    (rule.email === undefined || sameAddress(rule.email, email))
  )
}

function fitsClient(rule: Rule, { tracked }: Action, user: UserRecord): boolean {
  const { ipAddress, deviceId, userAgent = '', locale = '' } = tracked
  return (
    fits(rule.ipAddress, ipAddress) &&
    fits(rule.deviceId, deviceId) &&
    fits(rule.newDevice, isNewDevice(user, deviceId)) &&
    userAgent.toLowerCase().includes((rule.userAgent ?? '').toLowerCase()) &&
    (rule.locale === undefined || isLocaleWithin(rule.locale, locale))
  )
}

function fitsData(rule: Rule, { tracked }: Action): boolean {
  return (
    fits(rule.redirectUrl, tracked.redirectUrl) &&
    Object.entries(rule.custom ?? {}).every(([name, value]) => tracked.custom?.[name] === value)
  )
}

function fits<T>(wanted: T | undefined, given: T | undefined): boolean {
  return wanted === undefined || wanted === given
}

/** A client without an id cannot be recognised, so it is new every time. */
function isNewDevice({ actions }: UserRecord, deviceId: string | undefined): boolean {
  const isSeen = ({ state, tracked }: Action) =>
    state === 'CHALLENGE_SUCCEEDED' && tracked.deviceId === deviceId
  return deviceId === undefined || ![...actions.values()].some(isSeen)
}

function isLocaleWithin(prefix: string, locale: string): boolean {
  return `${locale}-`.toLowerCase().startsWith(`${prefix}-`.toLowerCase())
}
