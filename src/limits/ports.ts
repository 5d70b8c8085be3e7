import type { Rate } from './rate.ts'

/** What an operator limits. Those about addresses go into headers. */
export const SET_RULES = ['ip', 'start', 'identifier', 'country', 'prefix', 'session'] as const
export type SetRule = (typeof SET_RULES)[number]

/** What follows from that: a network of IPv6, and how much of a quota of all one address may use. */
const DERIVED_RULES = [
  'ip_network',
  'start_network',
  'identifier_share',
  'country_share',
  'prefix_share',
] as const
export type DerivedRule = (typeof DERIVED_RULES)[number]

/** What is limited. Goes into metrics. */
export const RULES = [...SET_RULES, ...DERIVED_RULES] as const
export type RuleName = (typeof RULES)[number]

/** A limit, in the numbers it is computed with; see `rule`. */
export interface Rule {
  name: RuleName
  rate: Rate
  /** How long one of it takes to come back, in microseconds. */
  step: number
  /** How long all of it takes. */
  burst: number
}

/** One of a rule's quota, on somebody's account. */
export interface Charge {
  rule: Rule
  /** Whose: an address, a person. Never to leave the process as it is. */
  key: string
}

/** How one account stands after the decision; in microseconds, but for `left`. */
export interface Standing {
  rule: Rule
  /** How many more would be taken now. */
  left: number
  /** Until the whole quota is there again. */
  fullIn: number
  /** Until this one would be taken; 0 where it is not what stands in the way. */
  wait: number
}

export interface Verdict {
  /** False: nothing of it is, so that who is refused does not wait longer for having asked. */
  isTaken: boolean
  /** In the order of the charges. */
  standings: Standing[]
}

/** A limiter that instances share. Fails with `upstream_unavailable` while it is away. */
export interface SharedLimiter {
  take: (charges: readonly Charge[]) => Promise<Verdict>
  /** @param amount microseconds of the rule */
  giveBack: (charge: Charge, amount: number) => Promise<void>
}

/** The limiter of one process. */
export interface Limiter {
  take: (charges: readonly Charge[]) => Verdict
  giveBack: (charge: Charge, amount: number) => void
}
