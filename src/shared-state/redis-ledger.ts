import type { Digest } from './digests.ts'
import { PROOF_REMEMBERED_MS, type ReplayLedger } from './ports.ts'
import type { RedisConnection } from './redis-connection.ts'

/** The ledger of all instances with one Redis. While Redis is away, no proof counts. */
export function redisLedger(connection: RedisConnection, digest: Digest): ReplayLedger {
  return {
    async claim(id) {
      const key = `bff:proof:${digest('proof', id)}`
      const reply = await connection.run('claim proof', (redis) =>
        redis.set(key, '1', {
          condition: 'NX',
          expiration: { type: 'PX', value: PROOF_REMEMBERED_MS },
        }),
      )
      return reply === 'OK'
    },
  }
}
