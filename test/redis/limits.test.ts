import { assert, asyncProperty } from 'fast-check'
import t, { type Test } from 'tap'
import { rule } from '../../src/limits/gcra.ts'
import { redisLimiter } from '../../src/limits/redis-limiter.ts'
import { redisConnection } from '../../src/shared-state/redis-connection.ts'
import { parseIdentifier } from '../../src/sign-in/identifier.ts'
import { signInError } from '../support/expect-error.ts'
import { DIGEST } from '../shared-state/support.ts'
import { compare, limitsOf, STEPS } from '../limits/support.ts'
import { skip, startRedis, type RedisServer } from './redis-server.ts'
import { instance, untilAway, untilConnected } from './support.ts'

const rate = { count: 3, seconds: 6_000 }
const visit = {
  address: '203.0.113.7',
  isStart: true,
  identifier: parseIdentifier({ phoneNumber: '+6421234567' }),
}
const prefix = { count: 100, seconds: 6_000, percent: 10 }

/** A limiter that is connected, over whose accounts time can be made to go by. */
async function limiterOf(t: Test, redis: RedisServer) {
  const connection = redisConnection(redis.url)
  connection.open({ info() {}, warn() {} })
  t.teardown(() => connection.close())
  const limiter = redisLimiter(connection, DIGEST)
  const probe = [{ rule: rule('session', { count: 1, seconds: 1 }), key: 'probe' }]
  while (!(await limiter.take(probe).then(Boolean, () => false))) await new Promise(setImmediate)
  return {
    ...limiter,
    /** What is to come is as much nearer. */
    wait: (seconds: number) =>
      connection.run('test', (client) =>
        client.eval(
          `for _, key in ipairs(redis.call('KEYS', 'bff:limit:*')) do
             local full_at = redis.call('GET', key) - ARGV[1]
             redis.call('SET', key, string.format('%.0f', full_at), 'KEEPTTL')
           end`,
          { keys: [], arguments: [String(seconds * 1_000_000)] },
        ),
      ),
    empty: () => connection.run('test', (client) => client.flushAll()),
  }
}

t.test('it is the same bucket of tokens as in memory', { skip }, async (t) => {
  const { empty, ...limiter } = await limiterOf(t, await startRedis(t))
  const property = asyncProperty(STEPS, async (steps) => {
    await empty()
    await compare(steps, {
      ...limiter,
      wait: async (seconds) => void (await limiter.wait(seconds)),
    })
  })
  await t.resolves(assert(property, { numRuns: 200 }))
})

t.test('in a crowd as many get through as there are', { skip }, async (t) => {
  const redis = await startRedis(t)
  const both = [await limiterOf(t, redis), await limiterOf(t, redis)]
  const charge = { rule: rule('ip', { count: 50, seconds: 6_000 }), key: 'a' }
  const verdicts = await Promise.all(
    Array.from({ length: 200 }, (_value, index) => both[index % 2]!.take([charge])),
  )
  t.equal(verdicts.filter(({ isTaken }) => isTaken).length, 50)
})

t.test('what lies in Redis names nobody and goes by itself', { skip }, async (t) => {
  const redis = await startRedis(t)
  const { limiter } = await instance(t, redis)
  const { admit } = limitsOf(
    { ip: rate, country: rate, identifier: rate },
    { shared: limiter, prefix },
  )
  await admit(visit)
  const contents = await redis.contents()
  const keys = [...contents.keys()].filter((key) => key.startsWith('bff:limit:'))
  t.strictSame(keys.map((key) => key.split(':')[2] ?? '').toSorted(), [
    'country',
    'identifier',
    'ip',
    'prefix',
    'prefix_share',
  ])
  t.notMatch(keys.join(' '), /203\.0|21234567|64212|NZ/)
  for (const key of keys) {
    t.match(contents.get(key), /^\d+$/, 'a time')
    const left = Number(await redis.command('PTTL', key))
    t.ok(left > 0 && left <= 2_000_000, key)
  }
})

t.test('whatever else lies under its keys is no account', { skip }, async (t) => {
  const redis = await startRedis(t)
  const { take, giveBack } = await limiterOf(t, redis)
  const charge = { rule: rule('ip', { count: 2, seconds: 60 }), key: 'a' }
  const name = `bff:limit:ip:${DIGEST('limit', 'a')}`
  for (const text of ['', 'x', '-1', '1e999', 'nan']) {
    await redis.command('SET', name, text)
    const { isTaken, standings } = await take([charge])
    if (text === '1e999') t.strictSame([isTaken, standings[0]?.wait], [false, 30_000_000], text)
    else t.strictSame([isTaken, standings[0]?.left], [true, 1], text)
  }
  for (const use of [() => take([charge]), () => giveBack(charge, 1)]) {
    await redis.command('DEL', name)
    await redis.command('RPUSH', name, 'a list')
    await use()
    t.match((await take([charge])).isTaken, true)
  }
})

t.test('two instances share all limits, and what was finished', { skip }, async (t) => {
  const redis = await startRedis(t)
  const narrow = { count: 1, seconds: 6_000, percent: 100 }
  const [one, other] = await Promise.all(
    [1, 2].map(async () => {
      const { limiter } = await instance(t, redis)
      return limitsOf({}, { shared: limiter, prefix: narrow })
    }),
  )
  t.ok((await one!.admit(visit)).isTaken)
  t.notOk((await other!.admit(visit)).isTaken)
  other!.finished(visit.identifier.phone?.prefix ?? '', visit.address)
  while (!(await one!.admit(visit)).isTaken) await new Promise((resolve) => setTimeout(resolve, 5))
  t.notOk((await other!.admit(visit)).isTaken)
})

t.test('without Redis each counts for itself, and together again', { skip }, async (t) => {
  const redis = await startRedis(t)
  const states = [await instance(t, redis), await instance(t, redis)]
  const both = states.map(({ limiter }) => limitsOf({ identifier: rate }, { shared: limiter }))
  const count = async () => {
    let taken = 0
    for (let time = 0; time < 10; time += 1) {
      for (const { admit } of both) if ((await admit(visit)).isTaken) taken += 1
    }
    return taken
  }
  t.equal(await count(), 3)
  await redis.kill()
  await Promise.all(states.map(untilAway))
  t.equal(await count(), 6)
  await redis.start()
  await Promise.all(states.map(untilConnected))
  t.equal(await count(), 3, 'the new Redis knows nothing of before')
  for (const { log } of states) t.strictSame(log, ['Redis is away', 'Redis is back'])
})

t.test('a Redis that hangs costs no more than its deadline', { skip }, async (t) => {
  const redis = await startRedis(t)
  const { limiter, ...state } = await instance(t, redis)
  redis.pause()
  const { admit } = limitsOf({ identifier: rate }, { shared: limiter })
  t.ok((await admit(visit)).isTaken)
  redis.resume()
  await untilConnected({ limiter, ...state })
  await t.rejects(
    limitsOf({ identifier: { count: 1, seconds: 60 } }, { shared: limiter })
      .admitPerson(visit.identifier)
      .then(() =>
        limitsOf({ identifier: { count: 1, seconds: 60 } }, { shared: limiter }).admitPerson(
          visit.identifier,
        ),
      ),
    signInError('too_many_requests'),
  )
})
