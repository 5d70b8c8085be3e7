import {
  array,
  constant,
  constantFrom,
  integer,
  oneof,
  record,
  uniqueArray,
  type Arbitrary,
} from 'fast-check'
import { rule } from '../../src/limits/gcra.ts'
import type { Charge, Rule, RuleName, Verdict } from '../../src/limits/ports.ts'
import { limits, type Limits, type LimitsOptions } from '../../src/limits/limits.ts'

/** Seconds in which nothing that a test takes in real time shows. */
export const UNIT = 100

/** What can be asked of any limiter, and time going by, in whole units. */
export type Step =
  | { kind: 'take'; charges: Charge[] }
  | { kind: 'give back'; charge: Charge; steps: number }
  | { kind: 'wait'; units: number }

const RULES = [
  rule('ip', { count: 3, seconds: 3 * UNIT }),
  rule('identifier', { count: 1, seconds: 5 * UNIT }),
  rule('prefix', { count: 4, seconds: 8 * UNIT }),
]
const charge = record({
  rule: constantFrom(...RULES),
  key: constantFrom('a', 'b'),
})

export const STEPS: Arbitrary<Step[]> = array(
  oneof(
    {
      weight: 4,
      arbitrary: record({
        kind: constant('take' as const),
        charges: uniqueArray(charge, {
          minLength: 1,
          maxLength: 4,
          selector: ({ rule: { name }, key }) => name + key,
        }),
      }),
    },
    record({
      kind: constant('give back' as const),
      charge,
      steps: integer({ min: 1, max: 6 }),
    }),
    record({ kind: constant('wait' as const), units: integer({ min: 1, max: 6 }) }),
  ),
  { maxLength: 40 },
)

/**
 * What a limiter is meant to do, said in another way: a bucket of tokens per account, filled with one
 * more each `seconds / count`, up to `count`.
 */
export class Model {
  readonly #buckets = new Map<string, { rule: Rule; tokens: number }>()

  take(charges: readonly Charge[]): boolean {
    const buckets = charges.map((each) => this.#bucketOf(each))
    const fits = buckets.every(({ tokens }) => tokens >= 1)
    if (fits) for (const bucket of buckets) bucket.tokens -= 1
    return fits
  }

  left(charges: readonly Charge[]): number[] {
    return charges.map((each) => Math.floor(this.#bucketOf(each).tokens))
  }

  giveBack(each: Charge, steps: number): void {
    this.#fill(this.#bucketOf(each), steps)
  }

  wait(units: number): void {
    for (const bucket of this.#buckets.values()) {
      const { count, seconds } = bucket.rule.rate
      this.#fill(bucket, (units * UNIT * count) / seconds)
    }
  }

  #fill(bucket: { rule: Rule; tokens: number }, tokens: number): void {
    bucket.tokens = Math.min(bucket.tokens + tokens, bucket.rule.rate.count)
  }

  #bucketOf({ rule: ofCharge, key }: Charge): { rule: Rule; tokens: number } {
    const name = `${ofCharge.name} ${key}`
    const bucket = this.#buckets.get(name) ?? { rule: ofCharge, tokens: ofCharge.rate.count }
    this.#buckets.set(name, bucket)
    return bucket
  }
}

/** Takes the steps with a limiter and the model. @throws Error where they differ */
export async function compare(
  steps: readonly Step[],
  limiter: {
    take(charges: readonly Charge[]): Promise<Verdict> | Verdict
    giveBack(charge: Charge, amount: number): Promise<void> | void
    wait(seconds: number): Promise<void> | void
  },
): Promise<void> {
  const model = new Model()
  for (const [index, step] of steps.entries()) {
    if (step.kind === 'take') {
      const expected = { isTaken: model.take(step.charges), left: model.left(step.charges) }
      const { isTaken, standings } = await limiter.take(step.charges)
      const actual = { isTaken, left: standings.map(({ left }) => left) }
      const [one, other] = [expected, actual].map((each) => JSON.stringify(each))
      if (one !== other) throw new Error(`step ${index}: ${other}, not ${one}`)
    } else if (step.kind === 'give back') {
      model.giveBack(step.charge, step.steps)
      await limiter.giveBack(step.charge, step.steps * step.charge.rule.step)
    } else {
      model.wait(step.units)
      await limiter.wait(step.units * UNIT)
    }
  }
}

/** Limits of which only those given are on, at a time of the test's own. */
export function limitsOf(
  rates: Partial<LimitsOptions['settings']['rates']>,
  more: Partial<Omit<LimitsOptions['settings'], 'rates'>> & Partial<LimitsOptions> = {},
): Limits & { at: (seconds: number) => void; limited: RuleName[] } {
  let now = 1_700_000_000_000
  const limited: RuleName[] = []
  const off = { ip: undefined, start: undefined, identifier: undefined, country: undefined }
  const { prefix, phoneCountries = [], ...options } = more
  const all = limits({
    settings: { rates: { ...off, session: undefined, ...rates }, prefix, phoneCountries },
    onLimited: (name) => limited.push(name),
    now: () => now,
    ...options,
  })
  return { ...all, at: (seconds) => (now = 1_700_000_000_000 + seconds * 1000), limited }
}
