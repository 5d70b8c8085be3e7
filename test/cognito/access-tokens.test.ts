import { generateKeyPair, SignJWT, type CryptoKey } from 'jose'
import t from 'tap'
import { accessTokenVerifier } from '../../src/cognito/access-tokens.ts'
import { newKey, startKeyHost, type KeyHost } from '../support/key-host.ts'

const userPoolId = 'eu-west-1_Pool'
const clientId = 'client'
const sub = '34c84488-e0e1-70ae-d2ee-991ad1a898c8'

function token(host: KeyHost, key: CryptoKey, kid: string, claims: object = {}): Promise<string> {
  return new SignJWT({
    sub,
    username: 'ada',
    client_id: clientId,
    token_use: 'access',
    auth_time: 1_790_000_000,
    origin_jti: 'sign-in',
    iss: `${host.origin}/${userPoolId}`,
    exp: Math.floor(Date.now() / 1000) + 3600,
    ...claims,
  })
    .setProtectedHeader({ alg: 'RS256', kid })
    .sign(key)
}

const verifierFor = ({ origin: endpoint }: KeyHost, options = {}) =>
  accessTokenVerifier({ region: 'eu-west-1', userPoolId, clientId, endpoint, ...options })

t.test('reads whose token it is, and fetches the keys once', async (t) => {
  const host = await startKeyHost(t)
  const key = await newKey(host, 'one')
  const verify = verifierFor(host)
  const accessToken = await token(host, key, 'one')
  for (const _time of [1, 2, 3]) {
    t.strictSame(await verify(accessToken), {
      sub,
      username: 'ada',
      authTime: 1_790_000_000,
      signInId: 'sign-in',
      accessToken,
    })
  }
  t.equal(host.fetches, 1)
})

t.test('refuses what is not an access token of this client and pool, or is over', async (t) => {
  const host = await startKeyHost(t)
  const key = await newKey(host, 'one')
  const verify = verifierFor(host)
  const past = Math.floor(Date.now() / 1000) - 1
  for (const claims of [
    { token_use: 'id' },
    { token_use: undefined },
    { client_id: 'another' },
    { client_id: undefined, aud: clientId },
    { iss: `${host.origin}/eu-west-1_Another` },
    { exp: past },
    { exp: undefined },
    { sub: undefined },
    { sub: '' },
    { username: undefined },
    { username: 1 },
    { nbf: past + 3600 },
  ]) {
    await t.rejects(verify(await token(host, key, 'one', claims)), { code: 'invalid_token' })
  }
  for (const text of ['', 'x', 'a.b.c', '..', `${await token(host, key, 'one')}x`]) {
    await t.rejects(verify(text), { code: 'invalid_token' }, text.slice(0, 5))
  }
})

t.test(
  'refuses a token that another key has signed, or that names another algorithm',
  async (t) => {
    const host = await startKeyHost(t)
    await newKey(host, 'one')
    const { privateKey: forged } = await generateKeyPair('RS256')
    const verify = verifierFor(host)
    await t.rejects(verify(await token(host, forged, 'one')), { code: 'invalid_token' })
    const hmac = await new SignJWT({ sub, token_use: 'access', client_id: clientId })
      .setProtectedHeader({ alg: 'HS256', kid: 'one' })
      .sign(Buffer.from(JSON.stringify(host.keys[0])))
    await t.rejects(verify(hmac), { code: 'invalid_token' })
  },
)

t.test('keeps reading tokens while the key host is away', async (t) => {
  const host = await startKeyHost(t)
  const key = await newKey(host, 'one')
  const verify = verifierFor(host)
  await verify(await token(host, key, 'one'))
  for (const trouble of ['status', 'hang', 'html', 'garbage'] as const) {
    host.trouble = trouble
    t.match(await verify(await token(host, key, 'one')), { sub })
  }
  t.equal(host.fetches, 1)
})

t.test('says that the keys cannot be had rather than that the token is bad', async (t) => {
  const host = await startKeyHost(t)
  const key = await newKey(host, 'one')
  const accessToken = await token(host, key, 'one')
  for (const trouble of ['status', 'html', 'garbage', 'redirect'] as const) {
    host.trouble = trouble
    await t.rejects(verifierFor(host)(accessToken), { code: 'upstream_unavailable', retryAfter: 5 })
  }
  host.trouble = 'hang'
  await t.rejects(verifierFor(host)(accessToken), { code: 'upstream_timeout' })
  const nowhere = { ...host, origin: 'http://localhost:9' }
  await t.rejects(verifierFor(nowhere)(accessToken), { code: 'upstream_unavailable' })
})

t.test('does not ask for keys as often as strangers make key ids up', async (t) => {
  const host = await startKeyHost(t)
  const key = await newKey(host, 'one')
  const verify = verifierFor(host)
  await verify(await token(host, key, 'one'))
  for (const kid of ['x', 'y', 'z']) {
    await t.rejects(verify(await token(host, key, kid)), { code: 'invalid_token' })
  }
  t.equal(host.fetches, 1, 'none within the cool-down')
})

t.test('finds the keys that took the place of the old ones', async (t) => {
  const host = await startKeyHost(t)
  const key = await newKey(host, 'one')
  const verify = verifierFor(host, { jwksCooldownMs: 0 })
  const before = await token(host, key, 'one')
  await verify(before)
  host.keys = []
  const rotated = await newKey(host, 'two')
  t.match(await verify(await token(host, rotated, 'two')), { sub })
  await t.rejects(verify(before), { code: 'invalid_token' }, 'the old key is gone')
})
