import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { createClient } from '@redis/client'
import { ServiceError } from '../errors.ts'

export type Redis = ReturnType<typeof newClient>

export interface Log {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

export interface RedisConnection {
  /**
   * Runs commands now or fails now: nothing waits for a Redis that is away.
   * @param operation names them in errors and the log
   * @throws ServiceError `upstream_unavailable`
   */
  run<Reply>(operation: string, commands: (redis: Redis) => Promise<Reply>): Promise<Reply>
  /** Whether it is there now. */
  isUp(): boolean
  /** Begins to connect and goes on trying. */
  open(log: Log): void
  /** Nothing of it is left open afterwards. */
  close(): Promise<void>
}

const DEADLINE_MS = 500
const TCP_CONNECT_MS = 1_000
/** TCP, TLS, AUTH and the probe: a server that hangs accepts connections and says no more. */
const CONNECT_MS = 2_000
const MAX_BACKOFF_MS = 2_000
const MAX_QUEUED = 10_000
const RETRY_AFTER_SECONDS = 5
const TOLD_AGAIN_MS = 60 * 60 * 1000

export interface RedisOptions {
  /** Told of each command that a Redis which is there did not take. */
  onRefused?: ((operation: string) => void) | undefined
  now?: () => number
}

/** @param url redis:// or rediss://; may hold a password, so it goes nowhere but to the client */
export function redisConnection(url: string, options: RedisOptions = {}): RedisConnection {
  const { onRefused = () => {}, now = () => performance.now() } = options
  const closed = new AbortController()
  let current: Connection | undefined
  let ended: Promise<void> = Promise.resolve()
  let report: Reporter | undefined

  async function keepConnected(log: Log): Promise<void> {
    // Here and not above: a service without Redis does not pay for loading its client.
    const { createClient: create } = await import('@redis/client')
    const reports = reporter(log, now)
    report = reports
    for (let failures = 0; !closed.signal.aborted; failures++) {
      current = connection(newClient(create, url))
      const reason = await current.whileItLasts(() => {
        reports.back()
        failures = 0
      })
      if (closed.signal.aborted) return
      reports.away(reason)
      await sleep(backoff(failures), undefined, { signal: closed.signal }).catch(() => {})
    }
  }

  return {
    async run(operation, commands) {
      if (!current?.isReady()) throw unavailable(operation, 'offline')
      const { redis, drop } = current
      try {
        return await within(DEADLINE_MS, commands(redis))
      } catch (error) {
        // A connection can be dead without a word for a quarter of an hour (TCP's retransmissions),
        // and lead to a replica after a failover. A new one shows.
        if (error instanceof Late || isReplica(error)) drop(error)
        else if (current?.isReady()) {
          report?.refused(operation, error)
          onRefused(operation)
        }
        throw unavailable(operation, reasonOf(error))
      }
    },
    isUp: () => current?.isReady() === true,
    open(log) {
      ended = keepConnected(log)
    },
    async close() {
      closed.abort()
      current?.drop(new Error('closed'))
      await ended
    },
  }
}

/** One connection, from its attempt to its end. */
interface Connection {
  redis: Redis
  isReady: () => boolean
  drop: (reason: unknown) => void
  /** @returns why it ended, or never was */
  whileItLasts(onReady: () => void): Promise<unknown>
}

function connection(redis: Redis): Connection {
  let isReady = false
  const end = new AbortController()
  const drop = (reason: unknown) => {
    end.abort(reason)
    isReady = false
    redis.destroy()
  }
  // The client emits an error when it loses its connection, and more of them later.
  redis.on('error', drop)

  return {
    redis,
    isReady: () => isReady,
    drop,
    async whileItLasts(onReady) {
      const connecting = connect(redis)
      try {
        await within(CONNECT_MS, connecting)
        isReady = !end.signal.aborted
        if (isReady) onReady()
        if (isReady) await once(end.signal, 'abort')
      } catch (error) {
        drop(error)
      }
      // One that is dropped while it connects may get through nevertheless, and would stay open.
      await connecting.catch(() => {})
      redis.destroy()
      return end.signal.reason
    },
  }
}

function newClient(create: typeof createClient, url: string) {
  return create({
    url,
    // Every server and proxy speaks this one, and nothing here needs the newer.
    RESP: 2,
    maintNotifications: 'disabled',
    disableClientInfo: true,
    disableOfflineQueue: true,
    commandsQueueMaxLength: MAX_QUEUED,
    socket: { connectTimeout: TCP_CONNECT_MS, reconnectStrategy: false },
  })
}

/** Connected is who can write: not a replica, not a server out of memory, not a user who may not. */
async function connect(redis: Redis): Promise<void> {
  await redis.connect()
  await redis.set('bff:probe', '1', { expiration: { type: 'PX', value: 1_000 } })
}

interface Reporter {
  away: (reason: unknown) => void
  back: () => void
  refused: (operation: string, error: unknown) => void
}

/** One line when Redis goes away, one when it is back, and one an hour for each thing it refuses. */
function reporter(log: Log, now: () => number): Reporter {
  let isAway = false
  const told = new Map<string, number>()
  return {
    // No permission, no memory: it is there, and yet each instance is on its own.
    refused(operation, error) {
      const reason = reasonOf(error)
      const what = `${operation} ${reason}`
      if (now() - (told.get(what) ?? -Infinity) < TOLD_AGAIN_MS) return
      told.set(what, now())
      log.warn({ operation, reason }, 'Redis refuses a command')
    },
    away(reason) {
      if (!isAway) log.warn({ reason: reasonOf(reason) }, 'Redis is away')
      isAway = true
    },
    back() {
      if (isAway) log.info({}, 'Redis is back')
      isAway = false
      told.clear()
    },
  }
}

/** Apart from each other, so that instances do not all come back in the same moment. */
function backoff(failures: number): number {
  return Math.min(50 * 2 ** failures, MAX_BACKOFF_MS) * (0.5 + Math.random() / 2)
}

class Late extends Error {
  override readonly name = 'Late'
}

async function within<Result>(ms: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    // After one more look at the socket: if this process was busy, the answer may lie there.
    timer = setTimeout(() => setImmediate(() => reject(new Late())), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

function isReplica(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('READONLY')
}

/** A name for what went wrong, never its text: that may quote the address, a key or a command. */
function reasonOf(error: unknown): string {
  if (error instanceof Late) return 'no answer in time'
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined
  if (typeof code === 'string') return code
  // Redis begins its own errors with a word in capitals, such as WRONGPASS.
  const word = error instanceof Error ? /^[A-Z]{2,20}(?= )/.exec(error.message)?.[0] : undefined
  return word ?? (error instanceof Error ? error.constructor.name : 'unknown')
}

function unavailable(operation: string, reason: string): ServiceError {
  return new ServiceError('upstream_unavailable', {
    retryAfter: RETRY_AFTER_SECONDS,
    upstream: { service: 'redis', operation, reason },
  })
}
