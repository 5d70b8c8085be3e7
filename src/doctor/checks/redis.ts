import { checkOf, listed, ok, problem, skipped, warning, withoutFix, type Check } from '../check.ts'
import type { Facts, RedisAnswer } from '../facts.ts'

type Open = Exclude<RedisAnswer, { refused: string }>

const reachable = checkOf(({ redis }) => redis, {
  id: 'redis.writable',
  holds: '`REDIS_URL` leads to a Redis that lets us in and can be written',
  why: 'without it used proofs are not known, and sign-ins with them are refused',
  worst: 'problem',
  examine(answer) {
    if (!('refused' in answer)) return ok('it can be written')
    return problem(
      `it answers ${answer.refused}`,
      'set REDIS_URL to a primary without cluster mode, with a user and password it knows; redis-cli -u "$REDIS_URL" ping',
    )
  },
})

/** Of a Redis that has let us in. */
function openCheck(
  check: Omit<Check, 'examine'> & { examine(answer: Open): ReturnType<Check['examine']> },
): Check {
  return checkOf(({ redis }: Facts) => withoutFix(redis), {
    ...check,
    examine: (answer) =>
      'refused' in answer ? skipped('it does not let us in') : check.examine(answer),
  })
}

const commands = openCheck({
  id: 'redis.commands',
  holds: 'it allows `GET`, `DEL`, `EXISTS`, `EVAL` and `TIME`, on `bff:*`',
  why: 'instances agree on used proofs and refreshes with them',
  worst: 'problem',
  examine({ denied }) {
    if (denied.length === 0) return ok('it allows them')
    return problem(
      `it does not allow ${listed(denied)}`,
      'redis-cli ACL SETUSER <user> "~bff:*" +@read +@write +@scripting +@connection +time',
    )
  },
})

const settings = openCheck({
  id: 'redis.settings',
  holds: 'it evicts nothing and is no cluster',
  why: 'a used proof that was evicted could be used again; scripts here want one server',
  worst: 'problem',
  examine({ evictionPolicy, isCluster }) {
    if (isCluster) {
      return problem('it is in cluster mode', 'set REDIS_URL to a Redis without cluster mode')
    }
    if (evictionPolicy === undefined) return skipped('it does not tell its settings')
    if (evictionPolicy === 'noeviction') return ok('it evicts nothing')
    return warning(
      `its policy is ${evictionPolicy}`,
      'redis-cli CONFIG SET maxmemory-policy noeviction, or the parameter group of a managed one',
    )
  },
})

export const REDIS = [reachable, commands, settings]
