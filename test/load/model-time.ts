import { setTimeout as sleep } from 'node:timers/promises'
import { standingClock, type Clock } from '../../local/index.ts'

const TICK_MS = 20

/**
 * Time that passes tick by tick: as fast as real time where the machine keeps up, slower where it does
 * not, so that what happens per second is the same on both. Quotas that read the clock see no more
 * calls in one of their seconds than were meant to be.
 */
export interface ModelTime {
  clock: Clock
  /** Resolves when so much of it has passed; somebody else has to let it pass. */
  sleep(ms: number): Promise<void>
  /** Lets so much pass. */
  pass(ms: number, onTick?: (tickMs: number) => void): Promise<void>
  /** Lets time pass until the work is done. */
  passUntil<Result>(work: Promise<Result>): Promise<Result>
}

export function modelTime(): ModelTime {
  const clock = standingClock()
  const sleepers = new Set<{ wakeAt: number; wake: () => void }>()

  async function tick(): Promise<void> {
    await sleep(TICK_MS)
    clock.advance(TICK_MS)
    for (const sleeper of sleepers) {
      if (sleeper.wakeAt > clock.now()) continue
      sleepers.delete(sleeper)
      sleeper.wake()
    }
  }

  return {
    clock,
    sleep: (ms) =>
      new Promise((wake) => {
        sleepers.add({ wakeAt: clock.now() + ms, wake })
      }),
    async pass(ms, onTick = () => {}) {
      for (let passed = 0; passed < ms; passed += TICK_MS) {
        await tick()
        onTick(TICK_MS)
      }
    },
    async passUntil(work) {
      const ended = new AbortController()
      const result = work.finally(() => ended.abort())
      // Thrown below, and not before.
      result.catch(() => {})
      while (!ended.signal.aborted) await tick()
      return result
    },
  }
}

/**
 * How many come in each tick when so many come per second, each for themselves: as many as that on
 * average, now more and now fewer (Poisson). The same every time, or a test would be another each time.
 */
export function arrivals(perSecond: number, seed: number): (tickMs: number) => number {
  const random = seededRandom(seed)
  const gap = () => -Math.log(1 - random()) * (1000 / perSecond)
  let nextInMs = gap()
  return (tickMs) => {
    let count = 0
    for (nextInMs -= tickMs; nextInMs <= 0; nextInMs += gap()) count += 1
    return count
  }
}

/** Mulberry32. */
function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
