import t from 'tap'
import { rule } from '../../src/limits/gcra.ts'
import { redisLimiter } from '../../src/limits/redis-limiter.ts'
import type { Redis, RedisConnection } from '../../src/shared-state/redis-connection.ts'
import { DIGEST } from '../shared-state/support.ts'

const PERSON = 'email ada@example.com'
const quota = { count: 2, seconds: 60 }

/** A limiter, and the keys that Redis is asked for. */
function limiterOf() {
  const keys: string[] = []
  const redis = {
    eval: (_script: string, options: { keys: string[] }) => {
      keys.push(...options.keys)
      return Promise.resolve(options.keys.map(() => 0))
    },
  }
  const connection: Pick<RedisConnection, 'run'> = {
    run: (_operation, commands) => commands(redis as unknown as Redis),
  }
  return { limiter: redisLimiter(connection as RedisConnection, DIGEST), keys }
}

t.test('Redis hears of nobody by name, and of each under one name', async (t) => {
  const { limiter, keys } = limiterOf()
  const charges = ['identifier', 'start'].map((name) => ({
    rule: rule(name as 'identifier', quota),
    key: PERSON,
  }))
  await limiter.take(charges)
  await limiter.giveBack(charges[0]!, 1)
  t.strictSame(keys.toSorted(), [
    `bff:limit:identifier:${DIGEST('limit', PERSON)}`,
    `bff:limit:identifier:${DIGEST('limit', PERSON)}`,
    `bff:limit:start:${DIGEST('limit', PERSON)}`,
  ])
  t.notMatch(keys.join(' '), 'ada')
})
