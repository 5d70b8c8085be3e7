import t from 'tap'
import { gate } from '../support/gate.ts'
import { signInError } from '../support/expect-error.ts'
import { DIGEST, behavesAsLock } from '../shared-state/support.ts'
import { skip, startRedis } from './redis-server.ts'
import { instance, untilAway } from './support.ts'

// With letters that no random id is written in.
const USER = 'ada.lovelace'
const KEY = `bff:lock:${DIGEST('user', USER)}`
const soon = () => AbortSignal.timeout(10_000)

t.test('one after the other, at two instances too', { skip }, async (t) => {
  const redis = await startRedis(t)
  const [one, other] = [await instance(t, redis), await instance(t, redis)]
  await behavesAsLock(t, one.withLock, other.withLock)
  await behavesAsLock(t, one.withLock)
})

t.test('of many at two instances there is one at a time', { skip }, async (t) => {
  const redis = await startRedis(t)
  const both = [await instance(t, redis), await instance(t, redis)]
  let present = 0
  const most: number[] = []
  const visit = async () => {
    most.push((present += 1))
    await new Promise((resolve) => setImmediate(resolve))
    present -= 1
  }
  const visits = Array.from({ length: 20 }, (_value, index) =>
    both[index % 2]!.withLock(USER, soon(), visit),
  )
  await Promise.all(visits)
  t.strictSame(new Set(most), new Set([1]))
  t.equal(most.length, 20)
})

t.test('what lies in Redis names nobody, ends by itself and is taken away', { skip }, async (t) => {
  const redis = await startRedis(t)
  const { withLock } = await instance(t, redis, { timeoutMs: 2_000 })
  const asked = performance.now()
  await withLock(USER, soon(), async () => {
    const left = Number(await redis.command('PTTL', KEY))
    const given = left + performance.now() - asked
    t.ok(left > 0 && left <= 3_000 && given > 2_000, 'longer than the work may take')
    t.notMatch([...(await redis.contents())].flat().join(' '), USER)
  })
  t.notOk((await redis.contents()).has(KEY))
})

t.test('who comes late never takes the lock of another away', { skip }, async (t) => {
  const redis = await startRedis(t)
  const { withLock } = await instance(t, redis)
  await withLock(USER, soon(), () => redis.command('SET', KEY, 'of-another'))
  t.equal((await redis.contents()).get(KEY), 'of-another')
  const waiting = withLock(USER, AbortSignal.timeout(150), async () => t.fail('not its turn'))
  await t.rejects(waiting, signInError('upstream_timeout'))
  t.equal((await redis.contents()).get(KEY), 'of-another')
})

t.test('the lock of an instance that died is over by itself', { skip }, async (t) => {
  const redis = await startRedis(t)
  const { withLock } = await instance(t, redis)
  await redis.command('SET', KEY, 'of-the-dead', 'PX', '200')
  t.equal(await withLock(USER, soon(), async () => 'done'), 'done')
})

t.test('without Redis each instance keeps its own order', { skip }, async (t) => {
  const redis = await startRedis(t)
  const [one, other] = [await instance(t, redis), await instance(t, redis)]
  const { opened, open } = gate()
  const begun = gate()
  const first = one.withLock(USER, soon(), async () => {
    begun.open()
    await opened
    return 'first'
  })
  await begun.opened
  await redis.kill()
  await Promise.all([one, other].map(untilAway))
  t.equal(await other.withLock(USER, soon(), async () => 'other'), 'other')
  open()
  t.equal(await first, 'first', 'nor does it matter to one that was under way')
  await behavesAsLock(t, one.withLock)
})
