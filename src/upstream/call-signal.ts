import { AsyncLocalStorage } from 'node:async_hooks'
import { endOfInterest } from '../request-context.ts'

const storage = new AsyncLocalStorage<AbortSignal>()

/** Calls made in the work end with the signal at the latest, and not when the client leaves. */
export function endingBy<Result>(signal: AbortSignal, work: () => Result): Result {
  return storage.run(signal, work)
}

/** The signal by which calls made here have to end. */
export function callSignal(): AbortSignal | undefined {
  return storage.getStore()
}

/** The end of one call: its own deadline, or that of the work it is made for, or of the client's interest. */
export function endOfCall(deadlineMs: number): AbortSignal {
  const outer = storage.getStore()
  return outer === undefined
    ? endOfInterest(deadlineMs)
    : AbortSignal.any([AbortSignal.timeout(deadlineMs), outer])
}

/** Whether it was time that ended it, rather than a client that left. */
export function hasEndedByDeadline({ reason }: AbortSignal): boolean {
  return reason instanceof Error && reason.name === 'TimeoutError'
}
