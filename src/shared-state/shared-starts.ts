import { ServiceError } from '../errors.ts'
import type { KeptStart, ShareStarts } from '../sign-in/ports.ts'
import type { Digest } from './digests.ts'
import { ExpiringMap } from './expiring-map.ts'
import type { RedisConnection } from './redis-connection.ts'
import { redisFlights, type FlightKind, type Flights } from './redis-flights.ts'
import { sharedCalls } from './shared-calls.ts'

/** A start's answer, and a digest of what it is the answer to. */
export interface RememberedStart extends KeptStart {
  request: string
}

export interface SharedStartsOptions {
  digest: Digest
  /** Deadline of waiting for another start of the same key. */
  timeoutMs: number
  /** Shares with other instances too. */
  flights?: Flights<RememberedStart> | undefined
  now?: () => number
}

/** No session lives longer. */
const LONGEST_SESSION_MS = 600_000
/** About 25 MB when full. One more drops the oldest, whose repetition is then a start of its own. */
const STARTS_KEPT = 5_000

export function sharedStarts(options: SharedStartsOptions): ShareStarts {
  const { digest, timeoutMs, flights, now = Date.now } = options
  const kept = new ExpiringMap<RememberedStart>({
    livesForMs: LONGEST_SESSION_MS,
    limit: STARTS_KEPT,
    now,
  })
  const share = sharedCalls<RememberedStart>({
    timeoutMs,
    flights,
    kept: {
      get(id) {
        const start = kept.get(id)
        return start !== undefined && start.expiresAt > now() ? start : undefined
      },
      keep: (id, start) => kept.set(id, start),
    },
  })

  return async (asked, start) => {
    const request = digest('start', asked.request)
    const remembered = await share(digest('start', asked.key), async () => ({
      ...(await start()),
      request,
    }))
    if (remembered.request !== request) throw new ServiceError('idempotency_key_reused')
    return remembered
  }
}

/** Answers lie in Redis as long as their session lives, under a digest of the client's key. */
export function startFlights(
  connection: RedisConnection,
  sessionKeys: readonly Buffer[],
  now: () => number = Date.now,
): Flights<RememberedStart> {
  const kind: FlightKind<RememberedStart> = {
    operation: 'share start',
    prefix: 'bff:start:',
    seal: 'i1.',
    purpose: 'start',
    keep: ({ expiresAt }) => ({ ms: expiresAt - now(), evenIfTakenOver: false }),
  }
  return redisFlights(connection, sessionKeys, kind)
}
