import t from 'tap'
import type { UpstreamCall } from '../../src/upstream/ports.ts'
import { newKey } from '../support/key-host.ts'
import { NONCE, REFUSED, startApple, startGoogle, verifierOf } from './support.ts'

t.test('fetches the keys once, and reads tokens on while their host is away', async (t) => {
  const google = await startGoogle(t)
  const verify = verifierOf({ google })
  await Promise.all([1, 2, 3].map(async () => verify(await google.token(), NONCE)))
  for (const trouble of ['status', 'hang', 'html', 'garbage', 'redirect'] as const) {
    google.host.trouble = trouble
    t.match(await verify(await google.token(), NONCE), { provider: 'google' })
  }
  t.equal(google.host.fetches, 1)
})

t.test('says that the keys cannot be had rather than that the token is bad', async (t) => {
  const [google, apple] = await Promise.all([startGoogle(t), startApple(t)])
  await Promise.all(
    Object.entries({ google, apple }).map(async ([service, { host, token }]) => {
      const expectTrouble = async (code: string, reason: string) => {
        const upstream = { service, operation: 'JWKS', reason }
        await t.rejects(verifierOf({ google, apple })(await token(), NONCE), { code, upstream })
      }
      for (const trouble of ['status', 'html', 'garbage', 'redirect'] as const) {
        host.trouble = trouble
        await expectTrouble('upstream_unavailable', 'keys cannot be fetched')
      }
      host.trouble = 'hang'
      await expectTrouble('upstream_timeout', 'timeout')
    }),
  )
})

t.test('says so too when there is nobody at the address of the keys', async (t) => {
  const google = await startGoogle(t)
  const nowhere = { ...google, host: { ...google.host, origin: 'http://localhost:9' } }
  const token = await google.token({ iss: nowhere.host.origin })
  await t.rejects(verifierOf({ google: nowhere })(token, NONCE), {
    code: 'upstream_unavailable',
    retryAfter: 5,
  })
})

t.test('recovers when the key host does', async (t) => {
  const google = await startGoogle(t)
  const verify = verifierOf({ google })
  google.host.trouble = 'status'
  await t.rejects(verify(await google.token(), NONCE), { code: 'upstream_unavailable' })
  google.host.trouble = undefined
  t.match(await verify(await google.token(), NONCE), { provider: 'google' })
})

t.test('does not ask for keys as often as strangers make key ids up', async (t) => {
  const google = await startGoogle(t)
  const verify = verifierOf({ google })
  await verify(await google.token(), NONCE)
  for (const kid of ['x', 'y', 'z']) {
    await t.rejects(verify(await google.token({}, { header: { kid } }), NONCE), REFUSED)
  }
  t.equal(google.host.fetches, 1, 'none within the cool-down')
})

t.test('finds the keys that took the place of the old ones', async (t) => {
  const google = await startGoogle(t)
  const verify = verifierOf({ google }, { jwksCooldownMs: 0 })
  const before = await google.token()
  await verify(before, NONCE)
  google.host.keys = []
  const key = await newKey(google.host, 'two')
  const token = await google.token({}, { key, header: { kid: 'two' } })
  t.match(await verify(token, NONCE), { provider: 'google' })
  await t.rejects(verify(before, NONCE), REFUSED, 'the old key is gone')
})

t.test('tells of each look for keys, and of nothing else', async (t) => {
  const google = await startGoogle(t)
  const calls: UpstreamCall[] = []
  const verify = verifierOf({ google }, { observer: { onCall: (call) => void calls.push(call) } })
  const call = { service: 'google', operation: 'JWKS', seconds: Number }
  for (const [trouble, outcome] of [
    ['status', 'failed'],
    ['hang', 'timeout'],
  ] as const) {
    google.host.trouble = trouble
    await t.rejects(verify(await google.token(), NONCE))
    t.match(calls.splice(0), [{ ...call, outcome }])
  }
  google.host.trouble = undefined
  await verify(await google.token(), NONCE)
  await verify(await google.token(), NONCE)
  t.match(calls, [{ ...call, outcome: 'ok' }])
  t.equal(calls.length, 1)
})
