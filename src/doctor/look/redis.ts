import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { ServiceError } from '../../errors.ts'
import { redisConnection, type RedisConnection } from '../../shared-state/redis-connection.ts'
import type { Facts, Looked, RedisAnswer } from '../facts.ts'

const POLL_MS = 10
/** First words of refusals, as opposed to a server that is away or still loading. */
const REFUSALS = /^(WRONGPASS|NOAUTH|NOPERM|READONLY|OOM|MISCONF|DENIED|ERR|MOVED|CLUSTERDOWN)$/

/**
 * Connects as the service does, which also writes `bff:probe` for a second, and tries its commands on a
 * key that is not there.
 */
export async function lookAtRedis(url: string | undefined): Promise<Facts['redis']> {
  if (url === undefined) return { missing: 'REDIS_URL is not set' }
  const redis = redisConnection(url)
  const failed = new AbortController()
  redis.open({
    info() {},
    warn: (fields) => failed.abort('reason' in fields ? fields.reason : undefined),
  })
  try {
    const unreachable = await untilReady(redis, failed.signal)
    return unreachable ?? { seen: await lookInside(redis) }
  } catch (error) {
    return { unseen: `Redis: ${reasonOf(error) ?? 'lost'}` }
  } finally {
    await redis.close()
  }
}

/** Nothing once it is connected. */
async function untilReady(
  redis: RedisConnection,
  failed: AbortSignal,
): Promise<Looked<RedisAnswer> | undefined> {
  while (!failed.aborted) {
    const reason = await refusalOf(redis, 'ping', (client) => client.ping())
    if (reason !== 'offline') return undefined
    await sleep(POLL_MS)
  }
  const reason = String(failed.reason)
  return REFUSALS.test(reason) ? { seen: { refused: reason } } : { unseen: `Redis: ${reason}` }
}

async function lookInside(redis: RedisConnection): Promise<RedisAnswer> {
  const key = `bff:doctor:${randomUUID()}`
  const tried = {
    GET: await refusalOf(redis, 'get', (client) => client.get(key)),
    DEL: await refusalOf(redis, 'del', (client) => client.del(key)),
    TIME: await refusalOf(redis, 'time', (client) => client.time()),
    EXISTS: await refusalOf(redis, 'exists', (client) => client.exists(key)),
    EVAL: await refusalOf(redis, 'eval', (client) =>
      client.eval("return redis.call('GET', KEYS[1])", { keys: [key] }),
    ),
  }
  const info = await redis.run('info', (client) => client.info()).catch(() => '')
  return {
    denied: Object.entries(tried).flatMap(([name, reason]) => (reason === undefined ? [] : [name])),
    evictionPolicy: /^maxmemory_policy:([\w-]+)/m.exec(info)?.[1],
    isCluster: /^cluster_enabled:1/m.test(info),
  }
}

/** Undefined when Redis did it. */
async function refusalOf(
  redis: RedisConnection,
  operation: string,
  command: Parameters<typeof redis.run<unknown>>[1],
): Promise<string | undefined> {
  try {
    await redis.run(operation, command)
    return undefined
  } catch (error) {
    const reason = reasonOf(error)
    if (reason === undefined) throw error
    // Away in the middle of it says nothing about what is allowed.
    if (operation !== 'ping' && !REFUSALS.test(reason)) throw error
    return reason
  }
}

function reasonOf(error: unknown): string | undefined {
  return error instanceof ServiceError ? error.upstream?.reason : undefined
}
