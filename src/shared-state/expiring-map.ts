/** A map whose entries all live equally long, so that the oldest is the first to go. */
export class ExpiringMap<Value> {
  readonly #entries = new Map<string, { value: Value; until: number }>()
  readonly #livesForMs: number
  readonly #limit: number
  readonly #now: () => number

  /** @param limit the most entries; one more drops the oldest */
  constructor(options: { livesForMs: number; limit: number; now?: () => number }) {
    this.#livesForMs = options.livesForMs
    this.#limit = options.limit
    this.#now = options.now ?? Date.now
  }

  get(key: string): Value | undefined {
    this.#sweep()
    return this.#entries.get(key)?.value
  }

  set(key: string, value: Value): void {
    // Deleted first: a key that is set again goes to the end of the order.
    this.#entries.delete(key)
    this.#entries.set(key, { value, until: this.#now() + this.#livesForMs })
    this.#sweep()
  }

  get size(): number {
    this.#sweep()
    return this.#entries.size
  }

  get isFull(): boolean {
    return this.size >= this.#limit
  }

  #sweep(): void {
    for (const [key, { until }] of this.#entries) {
      if (until > this.#now() && this.#entries.size <= this.#limit) break
      this.#entries.delete(key)
    }
  }
}
