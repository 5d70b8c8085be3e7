import { hkdfSync, randomUUID } from 'node:crypto'
import { keyRingSealer, type Sealer } from '../sealing.ts'
import type { RefreshOutcome } from '../tokens/ports.ts'
import type { Digest } from './digests.ts'
import { FORGOTTEN_FOR_MS, namesOf, SHARED_FOR_MS } from './kept-answers.ts'
import { pause } from './pause.ts'
import type { Redis, RedisConnection } from './redis-connection.ts'
import { swap } from './redis-swap.ts'

/** One of all instances that refresh the same token makes the call, the others wait for its answer. */
export interface Flights {
  /**
   * @returns the answer, or the lock under which it is on us to ask
   * @throws ServiceError `upstream_unavailable` while Redis is away, `upstream_timeout` when the
   *   signal says so before the other has its answer
   */
  board(id: string, signal: AbortSignal): Promise<RefreshOutcome | Lock>
  /** Answers that are kept under this name are given to nobody. Fails like `board`. */
  forget(name: string): Promise<void>
}

/** Renewed until it is given back: an instance that dies holds it for three seconds at most. */
export interface Lock {
  outcome: 'ours'
  /** False where it takes the place of an answer that is not to be given any more, here neither. */
  wasFree: boolean
  /** Gives it back, with the answer if there is one. Quiet about a Redis that has gone away. */
  release(answer: RefreshOutcome | undefined): Promise<void>
}

const LOCK_MS = 3_000
const RENEW_MS = 1_000
/** Long enough for those who wait. A refusal is no secret, but may not be the last word either. */
const REFUSAL_KEPT_MS = 3_000

/** Where the answer to one question lies, and what it is sealed with there. */
interface Place {
  id: string
  key: string
  sealer: Sealer
}

/**
 * Tokens lie in Redis for ten seconds, sealed with a key that Redis does not have, under a digest of
 * the token they were asked with. Sealed for that name only: whoever can write to Redis cannot hand
 * one user's tokens to another.
 * @param sessionKeys SESSION_KEYS; the keys used here are derived from them
 */
export function redisFlights(
  connection: RedisConnection,
  digest: Digest,
  sessionKeys: readonly Buffer[],
): Flights {
  const keys = sessionKeys.map(answerKey)

  async function visit(
    redis: Redis,
    place: Place,
    lock: string,
    waited: boolean,
  ): Promise<RefreshOutcome | 'free' | 'taken over' | 'busy'> {
    const taken = await redis.set(place.key, lock, {
      condition: 'NX',
      expiration: { type: 'PX', value: LOCK_MS },
    })
    if (taken === 'OK') return 'free'
    const value = await redis.get(place.key)
    // Gone a moment ago, or somebody asks.
    if (value === null || value.startsWith('lock:')) return 'busy'
    const answer = await usable(redis, place, value, waited)
    if (answer !== undefined) return answer
    return (await swap(redis, place.key, value, lock, LOCK_MS)) ? 'taken over' : 'busy'
  }

  /** The answer that lies there; undefined when it is none of ours, or over. */
  async function usable(
    redis: Redis,
    { id, sealer }: Place,
    value: string,
    waited: boolean,
  ): Promise<RefreshOutcome | undefined> {
    const text = sealer.open(value)
    if (text === undefined) return undefined
    // Authenticated: only we can have written it, so its shape is ours.
    const answer: RefreshOutcome = JSON.parse(text)
    // Who has waited for it asked before any sign-out that followed.
    if (waited || answer.outcome === 'refused') return answer
    const over = await redis.exists(namesOf(digest, id, answer).map(overKey))
    return over > 0 ? undefined : answer
  }

  return {
    async board(id, signal) {
      const key = `bff:refresh:${id}`
      const place = { id, key, sealer: keyRingSealer(keys, 'r1.', key) }
      const lock = `lock:${randomUUID()}`
      for (let waited = false; ; waited = true) {
        const found = await connection.run('share refresh', (redis) =>
          visit(redis, place, lock, waited),
        )
        if (typeof found === 'object') return found
        if (found !== 'busy') {
          return {
            outcome: 'ours',
            wasFree: found === 'free',
            release: held(connection, place, lock),
          }
        }
        await pause(signal, 'share refresh')
      }
    },

    async forget(name) {
      await connection.run('forget refresh', (redis) =>
        redis.set(overKey(name), '1', { expiration: { type: 'PX', value: FORGOTTEN_FOR_MS } }),
      )
    },
  }
}

/** Keeps a lock alive until it is released. */
function held(connection: RedisConnection, { key, sealer }: Place, lock: string): Lock['release'] {
  const attempt = async (commands: (redis: Redis) => Promise<unknown>) => {
    // The connection has logged it; the caller's answer does not depend on it.
    await connection.run('share refresh', commands).catch(() => {})
  }
  const renewing = setInterval(() => {
    void attempt((redis) => swap(redis, key, lock, lock, LOCK_MS))
  }, RENEW_MS)

  return async (answer) => {
    clearInterval(renewing)
    await attempt((redis) => {
      if (answer === undefined) return swap(redis, key, lock, '')
      const sealed = sealer.seal(JSON.stringify(answer))
      // Tokens are good whoever has taken over meanwhile: its own call is refused for ours.
      return answer.outcome === 'tokens'
        ? redis.set(key, sealed, { expiration: { type: 'PX', value: SHARED_FOR_MS } })
        : swap(redis, key, lock, sealed, REFUSAL_KEPT_MS)
    })
  }
}

function overKey(name: string): string {
  return `bff:over:${name}`
}

function answerKey(sessionKey: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', sessionKey, '', 'cognito-authsignal-bff refresh', 32))
}
