import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { ServiceError } from '../../src/errors.ts'
import { SHARED_FOR_MS } from '../../src/shared-state/kept-answers.ts'
import type { RefreshOutcome } from '../../src/tokens/ports.ts'
import { signInError } from '../support/expect-error.ts'
import { gate } from '../support/gate.ts'
import { DIGEST, refreshed, SESSION_KEY, upstream } from '../shared-state/support.ts'
import { skip, startRedis } from './redis-server.ts'
import { instance, untilAway, untilConnected, type Instance } from './support.ts'

// With a dot, which what is sealed has none of.
const OLD = 'an.old.token'
const KEY = `bff:refresh:${DIGEST('token', OLD)}`
const OTHER_KEY = `bff:refresh:${DIGEST('token', 'other')}`

function parallel(
  instances: Instance[],
  count: number,
  ask: () => Promise<RefreshOutcome>,
): Promise<RefreshOutcome[]> {
  const share = (_value: unknown, index: number) =>
    instances[index % instances.length]!.refreshes.share(OLD, ask)
  return Promise.all(Array.from({ length: count }, share))
}

t.test('two instances make one call for a hundred refreshes of one token', { skip }, async (t) => {
  const redis = await startRedis(t)
  const both = [await instance(t, redis), await instance(t, redis)]
  const { ask, calls } = upstream()
  const { opened, open } = gate()
  const answers = parallel(both, 100, () => opened.then(ask))
  await sleep(200)
  open()
  t.strictSame(new Set((await answers).map((answer) => JSON.stringify(answer))).size, 1)
  t.equal(calls(), 1)
  t.strictSame(await parallel(both, 2, ask), [refreshed(1), refreshed(1)], 'and a little later')
  t.equal(calls(), 1)
})

t.test('the answer lies in Redis for ten seconds, under a digest, sealed', { skip }, async (t) => {
  const redis = await startRedis(t)
  const { refreshes } = await instance(t, redis)
  await refreshes.share(OLD, upstream().ask)
  const left = Number(await redis.command('PTTL', KEY))
  t.ok(left > 0 && left <= SHARED_FOR_MS)
  const everything = [...(await redis.contents())].flat()
  const readable = everything.flatMap((text) => [
    text,
    Buffer.from(text, 'base64').toString(),
    Buffer.from(text.slice('r1.'.length), 'base64url').toString(),
  ])
  t.match(everything.join(' '), KEY)
  for (const secret of [OLD, 'new-1', 'access-1', '"id-1"', 'sub-of-ada']) {
    t.notOk(
      readable.some((text) => text.includes(secret)),
      secret,
    )
  }
})

t.test(
  'who has only heard of an answer keeps it no longer than Redis does',
  { skip },
  async (t) => {
    const redis = await startRedis(t)
    const [one, other] = [await instance(t, redis), await instance(t, redis)]
    const { ask } = upstream()
    await one.refreshes.share(OLD, ask)
    t.strictSame(await other.refreshes.share(OLD, ask), refreshed(1))
    await redis.command('DEL', KEY)
    t.strictSame(await other.refreshes.share(OLD, ask), refreshed(2))
  },
)

t.test('a refusal is shared by those who wait, and soon gone', { skip }, async (t) => {
  const redis = await startRedis(t)
  const both = [await instance(t, redis), await instance(t, redis)]
  const { ask, calls } = upstream(() => ({ outcome: 'refused' }))
  const { opened, open } = gate()
  const answers = parallel(both, 100, () => opened.then(ask))
  await sleep(100)
  open()
  t.strictSame(new Set((await answers).map(({ outcome }) => outcome)), new Set(['refused']))
  t.equal(calls(), 1)
  t.ok(Number(await redis.command('PTTL', KEY)) <= 3_000)
})

t.test('a failure is kept for nobody: who waits makes the call', { skip }, async (t) => {
  const redis = await startRedis(t)
  const [one, other] = [await instance(t, redis), await instance(t, redis)]
  const { opened, open } = gate()
  const failing = one.refreshes.share(OLD, async () => {
    await opened
    throw new ServiceError('upstream_timeout')
  })
  await until(() => redis.contents().then((contents) => contents.has(KEY)))
  const waiting = other.refreshes.share(OLD, upstream().ask)
  open()
  await t.rejects(failing, signInError('upstream_timeout'))
  t.strictSame(await waiting, refreshed(1))
  await t.rejects(one.refreshes.share('other', fail), signInError('upstream_timeout'))
  t.notOk((await redis.contents()).has(OTHER_KEY), 'nor does anybody wait for it')
})

t.test('who has waited through a sign-out gets the answer', { skip }, async (t) => {
  const redis = await startRedis(t)
  const [one, other] = [await instance(t, redis), await instance(t, redis)]
  const { ask, calls } = upstream()
  const { opened, open } = gate()
  const first = one.refreshes.share(OLD, () => opened.then(ask))
  await until(() => redis.contents().then((contents) => contents.has(KEY)))
  const waiting = other.refreshes.share(OLD, ask)
  // Long enough to have seen that somebody asks.
  await sleep(200)
  await other.refreshes.forget({ sub: 'sub-of-ada' })
  open()
  t.strictSame(await Promise.all([first, waiting]), [refreshed(1), refreshed(1)])
  t.equal(calls(), 1, 'with rotation on, a second call would end the session just begun')
  await other.refreshes.share(OLD, ask)
  t.equal(calls(), 2, 'who comes later does not')
})

t.test('a long call keeps its lock', { skip }, async (t) => {
  const redis = await startRedis(t)
  const [one, other] = [await instance(t, redis), await instance(t, redis)]
  const { ask, calls } = upstream()
  const first = one.refreshes.share(OLD, () => sleep(4_000).then(ask))
  await until(() => redis.contents().then((contents) => contents.has(KEY)))
  t.strictSame(await other.refreshes.share(OLD, ask), refreshed(1))
  await first
  t.equal(calls(), 1)
})

t.test('an instance that dies holding the lock is replaced', { skip }, async (t) => {
  const redis = await startRedis(t)
  const { refreshes } = await instance(t, redis)
  // What it leaves behind: its lock, which nobody renews.
  await redis.command('SET', KEY, 'lock:of-the-dead', 'PX', '300')
  t.strictSame(await refreshes.share(OLD, upstream().ask), refreshed(1))
})

t.test('who waits longer than its deadline is told so', { skip }, async (t) => {
  const redis = await startRedis(t)
  const { refreshes } = await instance(t, redis, { timeoutMs: 100 })
  await redis.command('SET', KEY, 'lock:of-somebody', 'PX', '60000')
  const { ask, calls } = upstream()
  await t.rejects(refreshes.share(OLD, ask), signInError('upstream_timeout'))
  t.equal(calls(), 0)
})

t.test('whatever else lies under the key is ignored', { skip }, async (t) => {
  const redis = await startRedis(t)
  const elsewhere = await instance(t, redis, { sessionKeys: [Buffer.alloc(32, 77)] })
  await elsewhere.refreshes.share('other', async () => refreshed(66))
  const ofAnotherKey = (await redis.contents()).get(OTHER_KEY)!
  const mine = await instance(t, redis)
  for (const garbage of ['', 'x', '1', '{"outcome":"tokens"}', 'r1.', 'r1.AAAA', ofAnotherKey]) {
    await redis.command('SET', KEY, garbage)
    const both = [mine, await instance(t, redis)]
    const { ask, calls } = upstream()
    t.strictSame(
      await parallel(both, 10, ask),
      Array.from({ length: 10 }, () => refreshed(1)),
    )
    t.equal(calls(), 1, `and the instances still share: ${garbage.slice(0, 9)}`)
  }
  await redis.command('DEL', KEY)
  await redis.command('RPUSH', KEY, 'a list')
  t.strictSame(await (await instance(t, redis)).refreshes.share(OLD, upstream().ask), refreshed(1))
})

t.test("one user's tokens cannot be put under another's token", { skip }, async (t) => {
  const redis = await startRedis(t)
  const here = await instance(t, redis)
  await here.refreshes.share('other', async () => refreshed(66, 'of-mallory'))
  const sealed = (await redis.contents()).get(OTHER_KEY)!
  await redis.command('SET', KEY, sealed)
  t.strictSame(await here.refreshes.share(OLD, upstream().ask), refreshed(1))
})

t.test('while session keys are rotated old answers are read', { skip }, async (t) => {
  const redis = await startRedis(t)
  const newKey = Buffer.alloc(32, 77)
  const before = await instance(t, redis, { sessionKeys: [SESSION_KEY, newKey] })
  const after = await instance(t, redis, { sessionKeys: [newKey, SESSION_KEY] })
  const { ask, calls } = upstream()
  await before.refreshes.share(OLD, ask)
  await after.refreshes.share(OLD, ask)
  await after.refreshes.share('other', ask)
  await before.refreshes.share('other', ask)
  t.equal(calls(), 2)
})

t.test('after a sign-out at one instance no other gives a kept answer', { skip }, async (t) => {
  for (const whose of [{ refreshToken: OLD }, { refreshToken: 'new-1' }, { sub: 'sub-of-ada' }]) {
    const redis = await startRedis(t)
    const [one, other] = [await instance(t, redis), await instance(t, redis)]
    const { ask, calls } = upstream()
    await one.refreshes.share(OLD, ask)
    await other.refreshes.forget(whose)
    await one.refreshes.share(OLD, ask)
    t.equal(calls(), 2, JSON.stringify(whose))
  }
})

t.test('without Redis each instance makes its own call and shares it', { skip }, async (t) => {
  const redis = await startRedis(t)
  const both = [await instance(t, redis), await instance(t, redis)]
  await redis.kill()
  await Promise.all(both.map(untilAway))
  const { ask, calls } = upstream()
  t.equal((await parallel(both, 100, ask)).length, 100)
  t.equal(calls(), 2)
  await both[0]!.refreshes.forget({ refreshToken: OLD })
  t.equal((await parallel(both, 100, ask)).length, 100)
  t.equal(calls(), 3, 'a sign-out is heard where it happened')
})

t.test('an answer from the time without Redis is shared when it is back', { skip }, async (t) => {
  const redis = await startRedis(t)
  const both = [await instance(t, redis), await instance(t, redis)]
  await redis.kill()
  await untilAway(both[0]!)
  const { ask, calls } = upstream()
  await both[0]!.refreshes.share(OLD, ask)
  await redis.start()
  await Promise.all(both.map(untilConnected))
  await both[0]!.refreshes.share(OLD, ask)
  await both[1]!.refreshes.share(OLD, ask)
  t.equal(calls(), 1)
})

t.test('Redis killed while calls are under way: every one gets an answer', { skip }, async (t) => {
  const redis = await startRedis(t)
  const both = [await instance(t, redis), await instance(t, redis)]
  const { ask } = upstream()
  const { opened, open } = gate()
  const answers = parallel(both, 100, () => opened.then(ask))
  await until(() => redis.contents().then((contents) => contents.has(KEY)))
  await redis.kill()
  await Promise.all(both.map(untilAway))
  open()
  t.ok((await answers).every(({ outcome }) => outcome === 'tokens'))
})

t.test(
  'a Redis that hangs costs each instance one deadline, not an answer',
  { skip },
  async (t) => {
    const redis = await startRedis(t)
    const both = [await instance(t, redis), await instance(t, redis)]
    redis.pause()
    const { ask, calls } = upstream()
    t.ok((await parallel(both, 100, ask)).every(({ outcome }) => outcome === 'tokens'))
    t.equal(calls(), 2)
    redis.resume()
  },
)

async function fail(): Promise<RefreshOutcome> {
  throw new ServiceError('upstream_timeout')
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(10)
}
