import type { Clock } from '../../support/clock.ts'

/** What is left of a token after a sum of many small fractions. */
const ROUNDING = 1e-9

/** So many calls per second, and the calls of one second at once: assumed, nothing says how AWS counts. */
export class TokenBucket {
  readonly #perSecond: number
  readonly #room: number
  readonly #clock: Clock
  #tokens: number
  #filledAt: number

  constructor(perSecond: number, clock: Clock) {
    this.#perSecond = perSecond
    this.#room = Math.max(1, perSecond)
    this.#clock = clock
    this.#tokens = this.#room
    this.#filledAt = clock.now()
  }

  hasToken(): boolean {
    this.#refill()
    return this.#tokens >= 1 - ROUNDING
  }

  isFull(): boolean {
    this.#refill()
    return this.#tokens >= this.#room
  }

  take(): void {
    this.#tokens -= 1
  }

  #refill(): void {
    const now = this.#clock.now()
    const since = Math.max(0, now - this.#filledAt)
    this.#filledAt = now
    this.#tokens = Math.min(this.#room, this.#tokens + (since / 1000) * this.#perSecond)
  }
}
