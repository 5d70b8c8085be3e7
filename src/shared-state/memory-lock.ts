import { ServiceError } from '../errors.ts'
import { until } from '../until.ts'
import type { WithLock } from './ports.ts'

/** The lock of one process: it keeps nobody waiting who asks another instance. */
export function memoryLock(): WithLock {
  /** When the last who came is through, for each name that a request in flight is at. */
  const lasts = new Map<string, Promise<unknown>>()

  return (name, signal, work) => {
    const before = lasts.get(name) ?? Promise.resolve()
    const outcome = inTurn(before, signal, work)
    // Who gives up waiting is through early, but those behind still wait for those before.
    const last = Promise.allSettled([before, outcome]).finally(() => {
      if (lasts.get(name) === last) lasts.delete(name)
    })
    lasts.set(name, last)
    return outcome
  }
}

async function inTurn<Result>(
  before: Promise<unknown>,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  await until(
    signal,
    () => before,
    () => new ServiceError('upstream_timeout'),
  )
  return work()
}
