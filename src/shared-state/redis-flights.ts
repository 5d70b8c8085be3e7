import { hkdfSync, randomUUID } from 'node:crypto'
import { keyRingSealer, type Sealer } from '../sealing.ts'
import { pause } from './pause.ts'
import type { Redis, RedisConnection } from './redis-connection.ts'
import { swap } from './redis-swap.ts'

/** One of all instances that are asked the same makes the call, the others wait for its answer. */
export interface Flights<Answer> {
  /**
   * @returns the answer, or the lock under which it is on us to ask
   * @throws ServiceError `upstream_unavailable` while Redis is away, `upstream_timeout` when the
   *   signal says so before the other has its answer
   */
  board(id: string, signal: AbortSignal): Promise<{ answer: Answer } | Lock<Answer>>
}

/** Renewed until it is given back: an instance that dies holds it for three seconds at most. */
export interface Lock<Answer> {
  /** False where it takes the place of an answer that is not to be given any more, here neither. */
  wasFree: boolean
  /** Gives it back, with the answer if there is one. Quiet about a Redis that has gone away. */
  release(answer: Answer | undefined): Promise<void>
}

/** What is asked, and how long an answer is good. */
export interface FlightKind<Answer> {
  /** Names it in errors and the log. */
  operation: string
  /** Begins its keys in Redis. */
  prefix: string
  /** Begins what is sealed for it; see `keyRingSealer`. */
  seal: string
  /** Sets its keys apart from all others that are made from SESSION_KEYS. */
  purpose: string
  /**
   * How long an answer is kept, and whether also where somebody else has taken over meanwhile; none
   * is kept for no time.
   */
  keep(answer: Answer): { ms: number; evenIfTakenOver: boolean }
  /** Whether an answer that is still kept is to be given to nobody who comes now. */
  isOver?(redis: Redis, id: string, answer: Answer): Promise<boolean>
}

const LOCK_MS = 3_000
const RENEW_MS = 1_000

/** Where the answer to one question lies, and what it is sealed with there. */
interface Place {
  id: string
  key: string
  sealer: Sealer
}

/**
 * Answers lie in Redis sealed with a key that Redis does not have, under a digest of what they were
 * asked with. Sealed for that name only: whoever can write to Redis cannot hand one user's answer to
 * another.
 * @param sessionKeys SESSION_KEYS; the keys used here are derived from them
 */
export function redisFlights<Answer extends object>(
  connection: RedisConnection,
  sessionKeys: readonly Buffer[],
  kind: FlightKind<Answer>,
): Flights<Answer> {
  const { operation } = kind
  const keys = sessionKeys.map((key) => answerKey(key, kind.purpose))

  async function visit(
    redis: Redis,
    place: Place,
    lock: string,
    waited: boolean,
  ): Promise<{ answer: Answer } | 'free' | 'taken over' | 'busy'> {
    const taken = await redis.set(place.key, lock, {
      condition: 'NX',
      expiration: { type: 'PX', value: LOCK_MS },
    })
    if (taken === 'OK') return 'free'
    const value = await redis.get(place.key)
    // Gone a moment ago, or somebody asks.
    if (value === null || value.startsWith('lock:')) return 'busy'
    const answer = await usable(redis, place, value, waited)
    if (answer !== undefined) return { answer }
    return (await swap(redis, place.key, value, lock, LOCK_MS)) ? 'taken over' : 'busy'
  }

  /** The answer that lies there; undefined when it is none of ours, or over. */
  async function usable(
    redis: Redis,
    { id, sealer }: Place,
    value: string,
    waited: boolean,
  ): Promise<Answer | undefined> {
    const text = sealer.open(value)
    if (text === undefined) return undefined
    // Authenticated: only we can have written it, so its shape is ours.
    const answer: Answer = JSON.parse(text)
    // Who has waited for it asked before whatever ended it.
    if (waited || kind.isOver === undefined) return answer
    return (await kind.isOver(redis, id, answer)) ? undefined : answer
  }

  /** The connection has logged it; the caller's answer does not depend on it. */
  async function attempt(commands: (redis: Redis) => Promise<unknown>): Promise<void> {
    await connection.run(operation, commands).catch(() => {})
  }

  /** Keeps a lock alive until it is released. */
  function held({ key, sealer }: Place, lock: string): Lock<Answer>['release'] {
    const renewing = setInterval(() => {
      void attempt((redis) => swap(redis, key, lock, lock, LOCK_MS))
    }, RENEW_MS)

    return async (answer) => {
      clearInterval(renewing)
      await attempt((redis) => {
        const { ms, evenIfTakenOver } = answer ? kind.keep(answer) : NOT_KEPT
        if (ms <= 0) return swap(redis, key, lock, '')
        const sealed = sealer.seal(JSON.stringify(answer))
        return evenIfTakenOver
          ? redis.set(key, sealed, { expiration: { type: 'PX', value: ms } })
          : swap(redis, key, lock, sealed, ms)
      })
    }
  }

  return {
    async board(id, signal) {
      const key = kind.prefix + id
      const place = { id, key, sealer: keyRingSealer(keys, kind.seal, key) }
      const lock = `lock:${randomUUID()}`
      for (let waited = false; ; waited = true) {
        const found = await connection.run(operation, (redis) => visit(redis, place, lock, waited))
        if (typeof found === 'object') return found
        if (found !== 'busy') {
          return { wasFree: found === 'free', release: held(place, lock) }
        }
        await pause(signal, operation)
      }
    },
  }
}

const NOT_KEPT = { ms: 0, evenIfTakenOver: false }

function answerKey(sessionKey: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', sessionKey, '', `cognito-authsignal-bff ${purpose}`, 32))
}
