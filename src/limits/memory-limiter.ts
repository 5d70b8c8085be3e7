import { decide } from './gcra.ts'
import { FixedAccounts, type Account } from './fixed-accounts.ts'
import type { Charge, Limiter, RuleName } from './ports.ts'

/** 1 MB per rule, from its first account on. */
const ACCOUNTS_KEPT = 65_536
const MICROSECONDS_PER_MS = 1_000

/**
 * The limiter of one process. Each rule has room for so many accounts; when there is none left for
 * another, one that has hardly been used is forgotten and begins anew.
 */
export function memoryLimiter(options: { limit?: number; now?: () => number } = {}): Limiter {
  const { limit = ACCOUNTS_KEPT, now: clock = Date.now } = options
  const rules = new Map<RuleName, FixedAccounts>()

  function accountOf({ rule, key }: Charge): Account {
    let accounts = rules.get(rule.name)
    if (accounts === undefined) rules.set(rule.name, (accounts = new FixedAccounts(limit)))
    return accounts.of(key)
  }

  return {
    take(charges) {
      const now = clock() * MICROSECONDS_PER_MS
      const charged = charges.map((charge) => ({ charge, account: accountOf(charge) }))
      const before = charged.map(({ charge, account }) => used(charge, account, now))
      const verdict = decide(charges, before)
      if (verdict.isTaken) {
        for (const [index, { charge, account }] of charged.entries()) {
          account.fullAt = now + (before[index] ?? 0) + charge.rule.step
        }
      }
      return verdict
    },

    giveBack(charge, amount) {
      const now = clock() * MICROSECONDS_PER_MS
      const account = accountOf(charge)
      account.fullAt = now + used(charge, account, now) - amount
    },
  }
}

/** A clock that was set back must not shut anybody out for longer than the rule does. */
function used({ rule }: Charge, { fullAt }: Account, now: number): number {
  return Math.min(Math.max(0, fullAt - now), rule.burst)
}
