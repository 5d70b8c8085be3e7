import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import {
  redisConnection,
  type RedisConnection,
  type RedisOptions,
} from '../../src/shared-state/redis-connection.ts'
import { failureOf } from '../support/expect-error.ts'
import { skip, startRedis, type RedisServer } from './redis-server.ts'

interface Connected {
  connection: RedisConnection
  /** What it has logged, message and reason. */
  lines: string[]
}

function connect(t: Test, url: string, options: RedisOptions = {}): Connected {
  const lines: string[] = []
  const log = (fields: object, message: string) =>
    void lines.push(`${message} ${JSON.stringify(fields)}`)
  const connection = redisConnection(url, options)
  connection.open({ info: log, warn: log })
  t.teardown(() => connection.close())
  return { connection, lines }
}

function ping(connection: RedisConnection): Promise<unknown> {
  return connection.run('ping', (redis) => redis.ping())
}

async function isAway(connection: RedisConnection): Promise<boolean> {
  return ping(connection).then(
    () => false,
    () => true,
  )
}

async function untilBack(connection: RedisConnection): Promise<void> {
  while (await isAway(connection)) await sleep(20)
}

async function connected(
  t: Test,
  server: RedisServer,
  options: RedisOptions = {},
): Promise<Connected> {
  const here = connect(t, server.url, options)
  await untilBack(here.connection)
  return here
}

t.test('runs commands, and says nothing while all is well', { skip }, async (t) => {
  const { connection, lines } = await connected(t, await startRedis(t))
  t.equal(await ping(connection), 'PONG')
  t.strictSame(lines, [])
})

t.test('what fails while Redis is away fails at once and names it', { skip }, async (t) => {
  const server = await startRedis(t)
  await server.kill()
  const { connection, lines } = connect(t, server.url)
  while (lines.length === 0) await sleep(10)
  const error = await failureOf(ping(connection))
  t.match(error, {
    code: 'upstream_unavailable',
    retryAfter: 5,
    upstream: { service: 'redis', operation: 'ping', reason: 'offline' },
  })
  t.strictSame(lines, ['Redis is away {"reason":"ECONNREFUSED"}'])
})

t.test('goes on trying, and logs one line each way', { skip }, async (t) => {
  const server = await startRedis(t)
  const { connection, lines } = await connected(t, server)
  for (const _time of [1, 2]) {
    await server.kill()
    while (!(await isAway(connection))) await sleep(10)
    await sleep(300)
    await server.start()
    await untilBack(connection)
  }
  t.match(lines, [/^Redis is away /, /^Redis is back /, /^Redis is away /, /^Redis is back /])
})

t.test('a command in flight when Redis dies fails', { skip }, async (t) => {
  const server = await startRedis(t)
  const { connection } = await connected(t, server)
  server.pause()
  const inFlight = failureOf(ping(connection))
  await server.kill()
  t.equal((await inFlight).code, 'upstream_unavailable')
})

t.test('does not wait for a Redis that hangs, and leaves it', { skip }, async (t) => {
  const server = await startRedis(t)
  const { connection, lines } = await connected(t, server)
  server.pause()
  const error = await failureOf(ping(connection))
  t.match(error.upstream, { reason: 'no answer in time' })
  // A hanging server still takes connections; that alone is no sign of life.
  t.match((await failureOf(ping(connection))).upstream, { reason: 'offline' })
  server.resume()
  await untilBack(connection)
  t.match(lines, [/^Redis is away .*no answer in time/, /^Redis is back/])
})

t.test('a Redis that may not be written to is away', { skip }, async (t) => {
  const primary = await startRedis(t)
  const server = await startRedis(t)
  const { connection, lines } = await connected(t, server)
  const write = () => connection.run('write', (redis) => redis.set('a', '1'))
  await write()
  // As after a failover: the connection is good and leads to a replica.
  await server.command('REPLICAOF', '127.0.0.1', new URL(primary.url).port)
  t.match((await failureOf(write())).upstream, { reason: 'READONLY' })
  await sleep(300)
  t.equal(await isAway(connection), true, 'also though it can be connected to')
  await server.command('REPLICAOF', 'NO', 'ONE')
  await untilBack(connection)
  await write()
  t.match(lines, [/^Redis is away .*READONLY/, /^Redis is back/])
})

t.test('signs in with the password of the URL and shows it to nobody', { skip }, async (t) => {
  const server = await startRedis(t, '--requirepass', 'hunter2 %')
  const at = (password: string) => server.url.replace('//', `//:${password}@`)
  const right = connect(t, at('hunter2%20%25'))
  await untilBack(right.connection)
  const wrong = connect(t, at('hunter3'))
  while (wrong.lines.length === 0) await sleep(10)
  t.strictSame(wrong.lines, ['Redis is away {"reason":"WRONGPASS"}'])
  t.notMatch(JSON.stringify(await failureOf(ping(wrong.connection))), /hunter|127\.0/)
})

t.test('what Redis refuses fails; the connection stays', { skip }, async (t) => {
  const server = await startRedis(t)
  const { connection, lines } = await connected(t, server)
  await server.command('RPUSH', 'a-list', 'x')
  const error = await failureOf(connection.run('read', (redis) => redis.get('a-list')))
  t.match(error, { code: 'upstream_unavailable', upstream: { reason: 'WRONGTYPE' } })
  t.notMatch(JSON.stringify(error), 'a-list')
  t.equal(await ping(connection), 'PONG')
  t.strictSame(lines, ['Redis refuses a command {"operation":"read","reason":"WRONGTYPE"}'])
})

t.test('closed it holds nothing open, whatever state it was in', { skip }, async (t) => {
  const server = await startRedis(t)
  const { connection } = await connected(t, server)
  const clients = async () =>
    String(await server.command('CLIENT', 'LIST'))
      .trim()
      .split('\n')
  t.equal((await clients()).length, 2, 'it and the one that asks')
  await connection.close()
  t.equal((await clients()).length, 1)
  t.equal(await isAway(connection), true)

  // Whenever it is told so: before it has begun, while it connects, when it just has.
  const connecting = Array.from({ length: 40 }, () => connect(t, server.url))
  for (const [turns, { connection }] of connecting.entries()) {
    for (let turn = 0; turn < turns % 10; turn++) {
      await new Promise((resolve) => setImmediate(resolve))
    }
    await connection.close()
  }
  t.equal((await clients()).length, 1, 'also while it connects')

  server.pause()
  const hanging = connect(t, server.url)
  await sleep(50)
  await hanging.connection.close()
  server.resume()
  t.equal((await clients()).length, 1, 'and to a server that hangs')
  const lines = [...connecting, hanging].flatMap(({ lines }) => lines)
  t.strictSame(lines, [], 'and has nothing to say')

  await redisConnection(server.url).close()
})

t.test(
  'what Redis refuses is logged, once an hour for each thing, and counted',
  { skip },
  async (t) => {
    const server = await startRedis(t)
    const refused: string[] = []
    let now = 0
    const { connection, lines } = await connected(t, server, {
      onRefused: (operation) => void refused.push(operation),
      now: () => now,
    })
    // The probe at connecting is allowed, and nothing else.
    await server.command('ACL', 'SETUSER', 'default', '-@all', '+set', '+acl', '+hello')
    for (const operation of ['limit', 'limit', 'share refresh']) {
      t.match(await failureOf(connection.run(operation, (redis) => redis.ping())), {
        code: 'upstream_unavailable',
        upstream: { service: 'redis', operation, reason: 'NOPERM' },
      })
    }
    t.strictSame(lines, [
      'Redis refuses a command {"operation":"limit","reason":"NOPERM"}',
      'Redis refuses a command {"operation":"share refresh","reason":"NOPERM"}',
    ])
    t.strictSame(refused, ['limit', 'limit', 'share refresh'], 'and counted each time')

    now += 60 * 60 * 1000
    await t.rejects(connection.run('limit', (redis) => redis.ping()))
    t.equal(lines.length, 3, 'and logged again when it still does after an hour')
  },
)
