import type { RefreshOutcome } from '../tokens/ports.ts'
import type { Digest } from './digests.ts'
import { FORGOTTEN_FOR_MS, namesOf, SHARED_FOR_MS } from './kept-answers.ts'
import type { RedisConnection } from './redis-connection.ts'
import { redisFlights, type FlightKind, type Flights } from './redis-flights.ts'

/** Refreshes of all instances, which a sign-out ends at all of them. */
export interface RefreshFlights extends Flights<RefreshOutcome> {
  /** Answers that are kept under this name are given to nobody. Fails like `board`. */
  forget(name: string): Promise<void>
}

/** Long enough for those who wait. A refusal is no secret, but may not be the last word either. */
const REFUSAL_KEPT_MS = 3_000

/** Tokens lie in Redis for ten seconds, under a digest of the token they were asked with. */
export function refreshFlights(
  connection: RedisConnection,
  digest: Digest,
  sessionKeys: readonly Buffer[],
): RefreshFlights {
  const kind: FlightKind<RefreshOutcome> = {
    operation: 'share refresh',
    prefix: 'bff:refresh:',
    seal: 'r1.',
    purpose: 'refresh',
    // Tokens are good whoever has taken over meanwhile: its own call is refused for ours.
    keep: ({ outcome }) =>
      outcome === 'tokens'
        ? { ms: SHARED_FOR_MS, evenIfTakenOver: true }
        : { ms: REFUSAL_KEPT_MS, evenIfTakenOver: false },
    async isOver(redis, id, answer) {
      if (answer.outcome === 'refused') return false
      return (await redis.exists(namesOf(digest, id, answer).map(overKey))) > 0
    },
  }
  return {
    ...redisFlights(connection, sessionKeys, kind),
    async forget(name) {
      await connection.run('forget refresh', (redis) =>
        redis.set(overKey(name), '1', { expiration: { type: 'PX', value: FORGOTTEN_FOR_MS } }),
      )
    },
  }
}

function overKey(name: string): string {
  return `bff:over:${name}`
}
