import { rule } from './gcra.ts'
import { SET_RULES, type DerivedRule, type Rule, type RuleName, type SetRule } from './ports.ts'
import type { FinishedShare, Rate } from './rate.ts'

/** Undefined where there is no limit. */
export interface RuleSettings {
  rates: Readonly<Record<Exclude<SetRule, 'prefix'>, Rate | undefined>>
  prefix: FinishedShare | undefined
}

/** What a network of IPv6 may do is this many times what one of its /64s may. */
const NETWORK_TIMES = 10

/**
 * How much of what all share one address may use up: nobody keeps others out from one address. A
 * quota no larger than the least has no shares: they would be in the way of one household.
 */
const SHARES = [
  { name: 'identifier_share', of: 'identifier', part: 0.5, least: 5 },
  { name: 'country_share', of: 'country', part: 0.1, least: 10 },
  { name: 'prefix_share', of: 'prefix', part: 0.1, least: 10 },
] as const satisfies { name: DerivedRule; of: SetRule; part: number; least: number }[]

/** The rules that are on: those that are set, and those that follow from them. */
export function rulesOf({ rates, prefix }: RuleSettings): Partial<Record<RuleName, Rule>> {
  const set: Readonly<Record<SetRule, Rate | undefined>> = { ...rates, prefix }
  const rules: Partial<Record<RuleName, Rule>> = {}
  function add(name: RuleName, rate: Rate | undefined): void {
    if (rate !== undefined) rules[name] = rule(name, rate)
  }
  for (const name of SET_RULES) add(name, set[name])
  add('ip_network', times(NETWORK_TIMES, set.ip))
  add('start_network', times(NETWORK_TIMES, set.start))
  for (const { name, of, part, least } of SHARES) add(name, shareOf(set[of], part, least))
  return rules
}

function times(factor: number, rate: Rate | undefined): Rate | undefined {
  return rate && { count: rate.count * factor, seconds: rate.seconds }
}

function shareOf(rate: Rate | undefined, part: number, least: number): Rate | undefined {
  if (rate === undefined || rate.count <= least) return undefined
  return { count: Math.max(least, Math.ceil(rate.count * part)), seconds: rate.seconds }
}
