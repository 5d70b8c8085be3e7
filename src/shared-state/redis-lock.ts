import { randomUUID } from 'node:crypto'
import type { Digest } from './digests.ts'
import { memoryLock } from './memory-lock.ts'
import { pause } from './pause.ts'
import type { WithLock } from './ports.ts'
import type { RedisConnection } from './redis-connection.ts'
import { swap } from './redis-swap.ts'
import { unlessAway } from './unless-away.ts'

/** So that a lock outlives the work that is done under it, which ends at its own deadline. */
const MARGIN_MS = 1_000
const OPERATION = 'lock'

/**
 * The lock of all instances with one Redis. While Redis is away each process keeps its own order, as it
 * does where there is no Redis at all: nobody is shut out of their account by it.
 * @param longestMs deadline of the work; an instance that dies holds its locks a second longer
 */
export function redisLock(
  connection: RedisConnection,
  digest: Digest,
  longestMs: number,
): WithLock {
  const inProcess = memoryLock()

  async function take(key: string, ours: string, signal: AbortSignal): Promise<void> {
    const expiration = { type: 'PX', value: longestMs + MARGIN_MS } as const
    for (;;) {
      const reply = await connection.run(OPERATION, (redis) =>
        redis.set(key, ours, { condition: 'NX', expiration }),
      )
      if (reply === 'OK') return
      await pause(signal, OPERATION)
    }
  }

  return (name, signal, work) =>
    inProcess(name, signal, async () => {
      const key = `bff:lock:${digest('user', name)}`
      const ours = randomUUID()
      try {
        await unlessAway(take(key, ours, signal))
        return await work()
      } finally {
        // Also where taking it seemed to fail: the answer may have got lost. Never somebody else's.
        await unlessAway(connection.run(OPERATION, (redis) => swap(redis, key, ours, '')))
      }
    })
}
