import type { RedisConnection } from '../shared-state/redis-connection.ts'
import type { Digest } from '../shared-state/digests.ts'
import { decide } from './gcra.ts'
import type { Charge, SharedLimiter } from './ports.ts'

/**
 * How much of each account is used; in Redis' own time, since the clocks of instances differ. What is
 * no time of ours counts as none, and one that lies too far ahead as no further than it can.
 */
const USED = `local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local function used(key, burst)
  local ahead = (tonumber(redis.pcall('GET', key) or 0) or 0) - now
  return ahead > 0 and math.min(ahead, burst) or 0
end
local function keep(key, after)
  if after <= 0 then return redis.call('DEL', key) end
  return redis.call('SET', key, string.format('%.0f', now + after), 'PX', math.ceil(after / 1000))
end
`

/** The same decision as `decide`, made where nobody can come between. */
const TAKE = `${USED}
local before, fits = {}, true
for i, key in ipairs(KEYS) do
  local step, burst = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  before[i] = used(key, burst)
  if before[i] + step > burst then fits = false end
end
if fits then
  for i, key in ipairs(KEYS) do keep(key, before[i] + tonumber(ARGV[2 * i - 1])) end
end
return before`

const GIVE_BACK = `${USED}
keep(KEYS[1], used(KEYS[1], tonumber(ARGV[1])) - tonumber(ARGV[2]))
return 1`

/**
 * The limiter of all instances with one Redis: one round trip for all limits of a request.
 * @param digest names the accounts there
 */
export function redisLimiter(connection: RedisConnection, digest: Digest): SharedLimiter {
  const keyOf = ({ rule, key }: Charge) => `bff:limit:${rule.name}:${digest('limit', key)}`

  return {
    async take(charges) {
      const reply: unknown = await connection.run('limit', (redis) =>
        redis.eval(TAKE, {
          keys: charges.map(keyOf),
          arguments: charges.flatMap(({ rule: { step, burst } }) => [String(step), String(burst)]),
        }),
      )
      return decide(charges, Array.isArray(reply) ? reply.map(Number) : [])
    },

    async giveBack(charge, amount) {
      await connection.run('limit', (redis) =>
        redis.eval(GIVE_BACK, {
          keys: [keyOf(charge)],
          arguments: [String(charge.rule.burst), String(amount)],
        }),
      )
    },
  }
}
