import t from 'tap'
import { ServiceError } from '../../src/errors.ts'
import { currentRequest, servingRequest } from '../../src/request-context.ts'
import { startSignInOnce, type StartOnceInput } from '../../src/sign-in/start-once.ts'
import { sharedStarts } from '../../src/shared-state/shared-starts.ts'
import { DIGEST } from '../shared-state/support.ts'
import { failureOf, signInError } from '../support/expect-error.ts'
import { gate } from '../support/gate.ts'
import {
  challengeFor,
  NOW,
  scriptedUserPool,
  testDeps,
  type FakeUserPool,
} from '../support/sign-in.ts'

const email = 'ada@example.com'
const idempotencyKey = 'c56a4180-65aa-42ec-a945-5fd21dec0538'
const other = 'e7a91f6c-0d0a-4d5d-8a43-0f5a0f0a6f11'

/** Starts at a time of the test's own, over a pool that knows everybody. */
function starts(options: { pool?: FakeUserPool; floorMs?: number } = {}) {
  let now = NOW
  const begin = Array.from({ length: 9 }, () => challengeFor())
  const deps = {
    ...testDeps(options.pool ?? scriptedUserPool({ begin }), {
      now: () => now,
      settings: { floorMs: options.floorMs ?? 0 },
    }),
    shareStarts: sharedStarts({ digest: DIGEST, timeoutMs: 5_000, now: () => now }),
  }
  return {
    ...deps,
    start: (input: Partial<StartOnceInput> = {}) => startSignInOnce(deps, { email, ...input }),
    at: (seconds: number) => (now = NOW + seconds * 1000),
  }
}

t.test('without a key each start is an attempt of its own', async (t) => {
  const { start, userPool } = starts()
  const both = await Promise.all([start(), start()])
  t.not(both[0]?.session, both[1]?.session)
  t.equal(userPool.calls.length, 2)
})

t.test('with a key there is one, for all who come at once or later', async (t) => {
  const { start, userPool, at } = starts()
  const [first, ...rest] = await Promise.all(
    Array.from({ length: 20 }, () => start({ idempotencyKey })),
  )
  for (const each of rest) t.strictSame(each, first)
  t.equal(first?.expiresIn, 180)
  at(100.5)
  t.strictSame(await start({ idempotencyKey }), { ...first, expiresIn: 79 }, 'what is left of it')
  t.equal(userPool.calls.length, 1)
})

t.test('another key is another start, also of the same person from the same place', async (t) => {
  const { start, userPool } = starts()
  const connection = { ipAddress: '203.0.113.7', userAgent: 'a browser' }
  const one = await start({ idempotencyKey, ...connection })
  const two = await start({ idempotencyKey: other, ...connection })
  const three = await start(connection)
  t.equal(new Set([one, two, three].map(({ session }) => session)).size, 3)
  t.equal(userPool.calls.length, 3)
})

t.test('the same key with another request is refused', async (t) => {
  const { start, userPool } = starts()
  await start({ idempotencyKey, locale: 'en', userAgent: 'a browser' })
  const reused = signInError('idempotency_key_reused')
  const changes: Partial<StartOnceInput>[] = [
    { email: 'eve@example.com' },
    { locale: 'de' },
    { deviceId: 'device-1' },
    { redirectUrl: 'https://app.example.com/callback' },
    { userAgent: 'another browser' },
  ]
  for (const change of changes) {
    const input = { idempotencyKey, locale: 'en', userAgent: 'a browser', ...change }
    await t.rejects(start(input), reused, JSON.stringify(change))
  }
  await t.resolves(
    start({ idempotencyKey, locale: 'en', userAgent: 'a browser', ipAddress: '::1' }),
  )
  t.equal(userPool.calls.length, 1)
})

t.test('when its session is over the key begins anew', async (t) => {
  const { start, userPool, at } = starts()
  const first = await start({ idempotencyKey })
  at(180)
  const next = await start({ idempotencyKey })
  t.not(next.session, first.session)
  t.equal(next.expiresIn, 180)
  t.equal(userPool.calls.length, 2)
})

t.test('a failed start is kept for nobody', async (t) => {
  const begin = [new ServiceError('upstream_timeout'), challengeFor()]
  const { start } = starts({ pool: scriptedUserPool({ begin }) })
  const both = [start({ idempotencyKey }), start({ idempotencyKey })]
  for (const each of both) t.equal((await failureOf(each)).code, 'upstream_timeout')
  t.equal((await start({ idempotencyKey })).expiresIn, 180)
})

t.test('a repeated answer comes no sooner than another', async (t) => {
  const { start, slept } = starts({ floorMs: 500 })
  await start({ idempotencyKey })
  slept.length = 0
  await start({ idempotencyKey })
  t.strictSame(slept, [500])
  slept.length = 0
  await t.rejects(start({ idempotencyKey, locale: 'de' }), signInError('idempotency_key_reused'))
  t.strictSame(slept, [500])
})

t.test('a client that leaves takes only a start without a key with it', async (t) => {
  for (const key of [undefined, idempotencyKey]) {
    const client = new AbortController()
    const begun = gate()
    const answered = gate()
    const pool = scriptedUserPool({})
    const signals: (AbortSignal | undefined)[] = []
    pool.beginChallenge = async (_username, signal) => {
      signals.push(signal)
      begun.open()
      await answered.opened
      return challengeFor()
    }
    const { start } = starts({ pool })
    const context = { id: 'request-1', priority: 'start', signal: client.signal } as const
    const left = servingRequest(context, () =>
      start(key === undefined ? {} : { idempotencyKey: key }),
    )
    await begun.opened
    client.abort()
    t.equal(signals[0]?.aborted, key === undefined)
    answered.open()
    const { session } = await left
    if (key === undefined) continue
    t.equal((await start({ idempotencyKey })).session, session, 'and finds it when it is back')
    t.equal(signals.length, 1)
  }
  t.equal(currentRequest(), undefined)
})
