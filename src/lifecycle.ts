import { setTimeout as sleep } from 'node:timers/promises'
import closeWithGrace from 'close-with-grace'
import type { FastifyBaseLogger } from 'fastify'

/** Shorter than the 10 s after which Docker kills, longer than a call usually takes. */
const STOP_GRACE_MS = 9_000

export interface LifecycleOptions {
  log: FastifyBaseLogger
  /** How long requests are still taken after it is no longer ready. */
  delayMs: number
  /** Takes no more requests, and waits for those in flight. */
  close: () => Promise<void>
}

export interface Lifecycle {
  isReady(): boolean
  /** Told when requests can be served. */
  started(): void
}

/**
 * Stops in order when told to: first it is not ready any more, then, after the delay, it takes no more
 * requests, finishes those in flight and ends with 0. It ends with 1 and at once when told a second
 * time or when the grace period is over, and with 1 after an error that nobody caught.
 */
export function stopInOrder({ log, delayMs, close }: LifecycleOptions): Lifecycle {
  let isReady = false
  closeWithGrace(
    {
      delay: delayMs + STOP_GRACE_MS,
      logger: false,
      onSecondSignal: (signal) => log.fatal({ signal }, 'told to stop again: not waiting'),
      onSecondError: (err) => log.fatal({ err }, 'another error nobody caught: not waiting'),
      onTimeout: () => log.fatal('requests are still in flight: not waiting'),
    },
    async ({ err, signal }) => {
      isReady = false
      if (err) log.fatal({ err }, 'stopping after an error nobody caught')
      else log.info({ signal }, 'stopping')
      // Nobody knows what state it is in after an error: no new requests.
      if (!err && delayMs > 0) await sleep(delayMs)
      await close()
      log.info('stopped')
    },
  )
  return {
    isReady: () => isReady,
    started() {
      isReady = true
    },
  }
}
