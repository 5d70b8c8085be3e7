/**
 * What can be made to go wrong. `when: 'after'` lets the stand-in do its work first and spoils only
 * the answer: the case in which a caller must not assume that nothing happened.
 */
export type Fault = {
  when?: 'before' | 'after'
} & (
  | { kind: 'delay'; ms: number }
  | { kind: 'hang' }
  | { kind: 'reset' }
  | { kind: 'truncate' }
  | {
      kind: 'answer'
      status: number
      body?: string
      contentType?: string
      headers?: Record<string, string>
    }
)

export interface FaultRule {
  /** The operation to spoil (see `Call.operation`), or `*` for every one. */
  operation: string
  fault: Fault
  /** How many calls it spoils; every one when left out. */
  times?: number
}

/** Holds the rules in force; the first that matches is taken and counted down. */
export class FaultInjector {
  #rules: FaultRule[] = []

  add(rule: FaultRule): void {
    this.#rules.push({ ...rule })
  }

  clear(): void {
    this.#rules = []
  }

  take(operation: string): Fault | undefined {
    const rule = this.#rules.find((r) => r.operation === '*' || r.operation === operation)
    if (!rule) return undefined
    if (rule.times !== undefined) {
      rule.times -= 1
      if (rule.times <= 0) this.#rules = this.#rules.filter((r) => r !== rule)
    }
    return rule.fault
  }
}
