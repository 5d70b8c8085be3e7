import type { Clock } from '../support/clock.ts'
import { ApiError } from './api-error.ts'
import { BoundedMap } from './store/bounded-map.ts'

export interface RateLimit {
  count: number
  windowMinutes: number
}

const WINDOWS_KEPT = 50_000

/** Sliding windows, one per key. A refused try does not count. */
export class RateLimits {
  readonly #clock: Clock
  readonly #taken = new BoundedMap<string, number[]>(WINDOWS_KEPT)

  constructor(clock: Clock) {
    this.#clock = clock
  }

  take(key: string, { count, windowMinutes }: RateLimit): void {
    const now = this.#clock.now()
    const recent = (this.#taken.get(key) ?? []).filter((at) => at > now - windowMinutes * 60_000)
    if (recent.length >= count) {
      throw new ApiError(429, 'too_many_requests', 'Too many requests; try again later.')
    }
    this.#taken.set(key, [...recent, now])
  }
}
