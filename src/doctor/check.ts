import type { Facts, Looked } from './facts.ts'

/** What the look at one thing came to. `fix` is something to type, or where to go. */
export type Verdict =
  | { status: 'ok'; found: string }
  | { status: 'warning' | 'problem'; found: string; fix: string }
  | { status: 'skipped'; found: string; fix?: string; couldNotCheck?: true }

/** One thing that must hold of the pool, the tenant or the configuration. */
export interface Check {
  /** Stable: scripts may look for it. */
  id: string
  /** What must hold; a row of the documentation. */
  holds: string
  /** Why, in a few words. */
  why: string
  /** The worst it can say. */
  worst: 'warning' | 'problem'
  examine(facts: Facts): Verdict
}

export const ok = (found: string): Verdict => ({ status: 'ok', found })
export const warning = (found: string, fix: string): Verdict => ({ status: 'warning', found, fix })
export const problem = (found: string, fix: string): Verdict => ({ status: 'problem', found, fix })
/** Does not apply here. */
export const skipped = (found: string): Verdict => ({ status: 'skipped', found })

/** Nobody can tell: the service that knows is away, or does not tell us. */
export function notSeen({ unseen, fix }: Extract<Looked<unknown>, { unseen: string }>): Verdict {
  return {
    status: 'skipped',
    found: `could not be checked: ${unseen}`,
    ...(fix === undefined ? {} : { fix }),
    couldNotCheck: true,
  }
}

/** A check of something that was looked at; it is skipped where that was not seen or is not there. */
export function checkOf<Thing>(
  look: (facts: Facts) => Looked<Thing>,
  check: Omit<Check, 'examine'> & { examine(thing: Thing, facts: Facts): Verdict },
): Check {
  return {
    ...check,
    examine(facts) {
      const looked = look(facts)
      if ('seen' in looked) return check.examine(looked.seen, facts)
      if ('missing' in looked) return skipped(looked.missing)
      return notSeen(looked)
    },
  }
}

/** For all checks of a thing but the first, which says how to come to see it. */
export function withoutFix<Thing>(looked: Looked<Thing>): Looked<Thing> {
  return 'unseen' in looked ? { unseen: looked.unseen } : looked
}

/** "a", "a and b", "a, b and c" */
export function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? ''
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`
}
