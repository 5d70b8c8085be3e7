import type { Charge, Rule, RuleName, Verdict } from './ports.ts'
import type { Rate } from './rate.ts'

const MICROSECONDS = 1_000_000

/** A limit of this rate: so many at once, and one more each time its share of the seconds is over. */
export function rule(name: RuleName, rate: Rate): Rule {
  const step = Math.max(1, Math.round((rate.seconds * MICROSECONDS) / rate.count))
  return { name, rate, step, burst: step * rate.count }
}

/**
 * The generic cell rate algorithm (ITU-T I.371), which needs one time per account: when all of the
 * quota will be back. The further that lies ahead, the more of it is used.
 * @param used how far it lies ahead of now, for each charge
 */
export function decide(charges: readonly Charge[], used: readonly number[]): Verdict {
  const waits = charges.map(({ rule: { step, burst } }, index) =>
    Math.max(0, (used[index] ?? 0) + step - burst),
  )
  const isTaken = waits.every((wait) => wait === 0)
  const standings = charges.map(({ rule: ofCharge }, index) => {
    const { step, burst } = ofCharge
    const fullIn = (used[index] ?? 0) + (isTaken ? step : 0)
    const left = Math.floor((burst - fullIn) / step)
    return { rule: ofCharge, left, fullIn, wait: waits[index] ?? 0 }
  })
  return { isTaken, standings }
}

/** Seconds after which all that stands in the way is out of it. */
export function retryAfter({ standings }: Verdict): number {
  return inSeconds(Math.max(...standings.map(({ wait }) => wait)))
}

/** Whole ones, and never too few. */
export function inSeconds(microseconds: number): number {
  return Math.ceil(microseconds / MICROSECONDS)
}
