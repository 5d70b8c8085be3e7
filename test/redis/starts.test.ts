import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { ServiceError } from '../../src/errors.ts'
import type { KeptStart } from '../../src/sign-in/ports.ts'
import { failureOf, signInError } from '../support/expect-error.ts'
import { gate } from '../support/gate.ts'
import { DIGEST } from '../shared-state/support.ts'
import { skip, startRedis } from './redis-server.ts'
import { instance, untilAway } from './support.ts'

const asked = { key: 'c56a4180-65aa-42ec-a945-5fd21dec0538', request: '["ada@example.com"]' }
const KEY = `bff:start:${DIGEST('start', asked.key)}`

/** A start that answers each time something else, and counts. */
function starts(livesForMs = 180_000) {
  let count = 0
  return {
    start: async (): Promise<KeptStart> => {
      count += 1
      const started = { session: `s1.session-${count}`, token: 'secret.token', expiresIn: 180 }
      return { started, expiresAt: Date.now() + livesForMs }
    },
    count: () => count,
  }
}

t.test('one start for all who ask at two instances, at once and later', { skip }, async (t) => {
  const redis = await startRedis(t)
  const both = [await instance(t, redis), await instance(t, redis)]
  const { start, count } = starts()
  const { opened, open } = gate()
  const answers = Array.from({ length: 40 }, (_value, index) =>
    both[index % 2]!.shareStarts(asked, () => opened.then(start)),
  )
  await sleep(150)
  open()
  const sessions = (await Promise.all(answers)).map(({ started }) => started.session)
  t.strictSame(new Set(sessions), new Set(['s1.session-1']))
  const third = await instance(t, redis)
  t.equal((await third.shareStarts(asked, start)).started.session, 's1.session-1')
  t.equal(count(), 1)
})

t.test('another request under the key is refused at any instance', { skip }, async (t) => {
  const redis = await startRedis(t)
  const [one, other] = [await instance(t, redis), await instance(t, redis)]
  const { start, count } = starts()
  await one.shareStarts(asked, start)
  const another = { ...asked, request: '["eve@example.com"]' }
  for (const { shareStarts } of [one, other]) {
    t.equal((await failureOf(shareStarts(another, start))).code, 'idempotency_key_reused')
  }
  t.equal(count(), 1)
})

t.test('an answer lies in Redis sealed, as long as its session lives', { skip }, async (t) => {
  const redis = await startRedis(t)
  const { shareStarts } = await instance(t, redis)
  await shareStarts(asked, starts(60_000).start)
  const left = Number(await redis.command('PTTL', KEY))
  t.ok(left > 50_000 && left <= 60_000)
  const everything = [...(await redis.contents())].flat()
  const readable = everything.flatMap((text) => [
    text,
    Buffer.from(text.slice('i1.'.length), 'base64url').toString('latin1'),
  ])
  for (const secret of [asked.key, 'ada@example.com', 's1.session', 'secret.token']) {
    t.notOk(
      readable.some((text) => text.includes(secret)),
      secret,
    )
  }
})

t.test("one client's answer cannot be put under another's key", { skip }, async (t) => {
  const redis = await startRedis(t)
  const [one, other] = [await instance(t, redis), await instance(t, redis)]
  const { start } = starts()
  await one.shareStarts({ ...asked, key: 'of-mallory-of-mallory' }, start)
  const sealed = (await redis.contents()).get(
    `bff:start:${DIGEST('start', 'of-mallory-of-mallory')}`,
  )!
  await redis.command('SET', KEY, sealed)
  t.equal((await other.shareStarts(asked, start)).started.session, 's1.session-2')
})

t.test(
  'a failure is kept for nobody: who waits at another instance begins',
  { skip },
  async (t) => {
    const redis = await startRedis(t)
    const [one, other] = [await instance(t, redis), await instance(t, redis)]
    const { opened, open } = gate()
    const begun = gate()
    const failing = one.shareStarts(asked, async () => {
      begun.open()
      await opened
      throw new ServiceError('upstream_timeout')
    })
    await begun.opened
    const waiting = other.shareStarts(asked, starts().start)
    open()
    await t.rejects(failing, signInError('upstream_timeout'))
    t.equal((await waiting).started.session, 's1.session-1')
  },
)

t.test('without Redis each instance shares what it has itself', { skip }, async (t) => {
  const redis = await startRedis(t)
  const [one, other] = [await instance(t, redis), await instance(t, redis)]
  const { start, count } = starts()
  await one.shareStarts(asked, start)
  await redis.kill()
  await Promise.all([one, other].map(untilAway))
  t.equal((await one.shareStarts(asked, start)).started.session, 's1.session-1')
  t.equal((await other.shareStarts(asked, start)).started.session, 's1.session-2')
  t.equal(count(), 2)
})
