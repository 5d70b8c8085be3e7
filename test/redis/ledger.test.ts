import t from 'tap'
import { PROOF_REMEMBERED_MS } from '../../src/shared-state/ports.ts'
import { signInError } from '../support/expect-error.ts'
import { behavesAsLedger } from '../shared-state/support.ts'
import { skip, startRedis } from './redis-server.ts'
import { instance, untilAway, untilConnected } from './support.ts'

t.test('takes each proof once', { skip }, async (t) => {
  const { ledger } = await instance(t, await startRedis(t))
  await behavesAsLedger(t, ledger)
})

t.test('of a hundred parallel claims at two instances one wins', { skip }, async (t) => {
  const redis = await startRedis(t)
  const ledgers = [(await instance(t, redis)).ledger, (await instance(t, redis)).ledger]
  const claims = Array.from({ length: 100 }, (_value, index) => ledgers[index % 2]!.claim('proof'))
  t.equal((await Promise.all(claims)).filter((counts) => counts).length, 1)
})

t.test('keeps proofs apart of deployments that share a Redis', { skip }, async (t) => {
  const redis = await startRedis(t)
  const one = await instance(t, redis)
  const other = await instance(t, redis, { audience: 'another-pool|client' })
  t.equal(await one.ledger.claim('proof'), true)
  t.equal(await other.ledger.claim('proof'), true)
})

t.test('a rotation of session keys does not make a proof count again', { skip }, async (t) => {
  const redis = await startRedis(t)
  const before = await instance(t, redis)
  const after = await instance(t, redis, { sessionKeys: [Buffer.alloc(32, 99)] })
  t.equal(await before.ledger.claim('proof'), true)
  t.equal(await after.ledger.claim('proof'), false)
})

t.test('holds a digest for an hour, and nothing of the proof', { skip }, async (t) => {
  const redis = await startRedis(t)
  const { ledger } = await instance(t, redis)
  await redis.command('FLUSHALL')
  await ledger.claim('proof-of-ada@example.com')
  const contents = await redis.contents()
  t.equal(contents.size, 1)
  for (const [key, value] of contents) {
    t.match(key, /^bff:proof:[\w-]{43}$/)
    t.equal(value, '1')
    const left = Number(await redis.command('PTTL', key))
    t.ok(left > 0 && left <= PROOF_REMEMBERED_MS)
    t.ok(left > PROOF_REMEMBERED_MS - 60_000)
  }
})

t.test('while Redis is away no proof counts', { skip }, async (t) => {
  const redis = await startRedis(t)
  const here = await instance(t, redis)
  await redis.kill()
  await untilAway(here)
  const unavailable = signInError('upstream_unavailable', {
    retryAfter: 5,
    upstream: { service: 'redis', operation: 'claim proof', reason: 'offline' },
  })
  for (const _time of [1, 2]) await t.rejects(here.ledger.claim('proof'), unavailable)
  await redis.start()
  await untilConnected(here)
  t.equal(await here.ledger.claim('proof'), true, 'and was not used up meanwhile')
})

t.test('while Redis hangs no proof counts', { skip }, async (t) => {
  const redis = await startRedis(t)
  const { ledger } = await instance(t, redis)
  redis.pause()
  await t.rejects(ledger.claim('proof'), signInError('upstream_unavailable'))
  redis.resume()
})
