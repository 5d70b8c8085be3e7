import type { SharedLimiter } from '../limits/ports.ts'
import { redisLimiter } from '../limits/redis-limiter.ts'
import type { ShareStarts } from '../sign-in/ports.ts'
import type { SharedRefreshes } from '../tokens/ports.ts'
import { digests } from './digests.ts'
import { memoryLedger } from './memory-ledger.ts'
import { memoryLock } from './memory-lock.ts'
import type { ReplayLedger, WithLock } from './ports.ts'
import { redisConnection, type Log } from './redis-connection.ts'
import { redisLedger } from './redis-ledger.ts'
import { redisLock } from './redis-lock.ts'
import { refreshFlights } from './refresh-flights.ts'
import { sharedRefreshes } from './refreshes.ts'
import { sharedStarts, startFlights } from './shared-starts.ts'
import type { MacKey } from '../trigger-protocol/derived-key.ts'

export interface SharedStateOptions {
  /** Without it each process remembers for itself. */
  redisUrl: string | undefined
  /** Names what is remembered. */
  digestKey: MacKey
  /** Seal what is shared. */
  sessionKeys: readonly Buffer[]
  /** The pool and client. */
  audience: string
  upstreamTimeoutMs: number
  /** Told of each command that a Redis which is there did not take. */
  onRefused?: (operation: string) => void
}

/** What instances know together. */
export interface SharedState {
  ledger: ReplayLedger
  refreshes: SharedRefreshes
  shareStarts: ShareStarts
  withLock: WithLock
  /** Undefined where each process counts for itself. */
  limiter: SharedLimiter | undefined
  /** Whether Redis is there; undefined where there is none. */
  isRedisUp(): boolean | undefined
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
      shareStarts: sharedStarts({ digest, timeoutMs }),
      withLock: memoryLock(),
      limiter: undefined,
      isRedisUp: () => undefined,
      open() {},
      async close() {},
    }
  }
  const redis = redisConnection(redisUrl, { onRefused: options.onRefused })
  const flights = refreshFlights(redis, digest, sessionKeys)
  return {
    ledger: redisLedger(redis, digest),
    refreshes: sharedRefreshes({ digest, timeoutMs, flights }),
    shareStarts: sharedStarts({ digest, timeoutMs, flights: startFlights(redis, sessionKeys) }),
    withLock: redisLock(redis, digest, timeoutMs),
    limiter: redisLimiter(redis, digest),
    isRedisUp: () => redis.isUp(),
    open: (log) => redis.open(log),
    close: () => redis.close(),
  }
}
