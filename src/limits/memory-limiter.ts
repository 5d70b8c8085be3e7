import { decide } from './gcra.ts'
import type { Charge, Limiter, RuleName } from './ports.ts'

/** About 10 MB per rule when full. */
const ACCOUNTS_KEPT = 50_000
const MICROSECONDS_PER_MS = 1_000
/** Looking for those that are over costs as much as the rest, and they are in nobody's way. */
const SWEEP_EVERY = 32

/**
 * The limiter of one process. Each rule has room for so many accounts; when there are more, the one
 * that was used longest ago is forgotten and begins anew.
 */
export function memoryLimiter(options: { limit?: number; now?: () => number } = {}): Limiter {
  const { limit = ACCOUNTS_KEPT, now: clock = Date.now } = options
  const rules = new Map<RuleName, Accounts>()

  function accountsOf({ rule }: Charge): Accounts {
    let accounts = rules.get(rule.name)
    if (accounts === undefined) rules.set(rule.name, (accounts = new Accounts(limit)))
    return accounts
  }

  /** A clock that was set back must not shut anybody out for longer than the rule does. */
  function used(charge: Charge, now: number): number {
    return Math.min(Math.max(0, accountsOf(charge).get(charge.key) - now), charge.rule.burst)
  }

  return {
    take(charges) {
      const now = clock() * MICROSECONDS_PER_MS
      const before = charges.map((charge) => used(charge, now))
      const verdict = decide(charges, before)
      if (verdict.isTaken) {
        for (const [index, charge] of charges.entries()) {
          const fullAt = now + (before[index] ?? 0) + charge.rule.step
          accountsOf(charge).set(charge.key, fullAt, now)
        }
      }
      return verdict
    },

    giveBack(charge, amount) {
      const now = clock() * MICROSECONDS_PER_MS
      accountsOf(charge).set(charge.key, now + used(charge, now) - amount, now)
    },
  }
}

/** When each account of one rule is full again; the one used last stands last. */
class Accounts {
  readonly #fullAt = new Map<string, number>()
  readonly #limit: number
  #untilSweep = SWEEP_EVERY

  constructor(limit: number) {
    this.#limit = limit
  }

  get(key: string): number {
    return this.#fullAt.get(key) ?? 0
  }

  set(key: string, fullAt: number, now: number): void {
    this.#fullAt.delete(key)
    if (fullAt > now) this.#fullAt.set(key, fullAt)
    this.#untilSweep -= 1
    if (this.#untilSweep > 0 && this.#fullAt.size <= this.#limit) return
    this.#untilSweep = SWEEP_EVERY
    this.#sweep(now)
  }

  /** From the front, where those are that nobody has used for long. */
  #sweep(now: number): void {
    for (const [key, fullAt] of this.#fullAt) {
      if (fullAt > now && this.#fullAt.size <= this.#limit) break
      this.#fullAt.delete(key)
    }
  }
}
