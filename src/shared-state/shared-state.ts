import type { SharedRefreshes } from '../tokens/ports.ts'
import { digests } from './digests.ts'
import { memoryLedger } from './memory-ledger.ts'
import { memoryLock } from './memory-lock.ts'
import type { ReplayLedger, WithLock } from './ports.ts'
import { redisConnection, type Log } from './redis-connection.ts'
import { redisFlights } from './redis-flights.ts'
import { redisLedger } from './redis-ledger.ts'
import { redisLock } from './redis-lock.ts'
import { sharedRefreshes } from './refreshes.ts'

export interface SharedStateOptions {
  /** Without it each process remembers for itself. */
  redisUrl: string | undefined
  /** Names what is remembered. */
  digestKey: Buffer
  /** Seal what is shared. */
  sessionKeys: readonly Buffer[]
  /** The pool and client. */
  audience: string
  upstreamTimeoutMs: number
}

/** What instances know together. */
export interface SharedState {
  ledger: ReplayLedger
  refreshes: SharedRefreshes
  withLock: WithLock
  /** Begins to connect, without waiting for it. */
  open(log: Log): void
  close(): Promise<void>
}

export function sharedState(options: SharedStateOptions): SharedState {
  const { redisUrl, sessionKeys, upstreamTimeoutMs: timeoutMs } = options
  const digest = digests(options.digestKey, options.audience)
  if (redisUrl === undefined) {
    return {
      ledger: memoryLedger(digest),
      refreshes: sharedRefreshes({ digest, timeoutMs }),
      withLock: memoryLock(),
      open() {},
      async close() {},
    }
  }
  const redis = redisConnection(redisUrl)
  const flights = redisFlights(redis, digest, sessionKeys)
  return {
    ledger: redisLedger(redis, digest),
    refreshes: sharedRefreshes({ digest, timeoutMs, flights }),
    withLock: redisLock(redis, digest, timeoutMs),
    open: (log) => redis.open(log),
    close: () => redis.close(),
  }
}
