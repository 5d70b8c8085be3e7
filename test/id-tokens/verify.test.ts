import { createHash } from 'node:crypto'
import t from 'tap'
import { google } from '../../src/id-tokens/providers.ts'
import { idTokenVerifier } from '../../src/id-tokens/verify.ts'
import { NONCE, NOW, REFUSED, startApple, startGoogle, verifierOf } from './support.ts'

const seconds = NOW / 1000
const minutes = (count: number) => count * 60

t.test('reads who it is, whose word that is and how long it holds', async (t) => {
  const [google, apple] = await Promise.all([startGoogle(t), startApple(t)])
  const verify = verifierOf({ google, apple })
  const ofGoogle = await google.token({ email: 'Ada@Gmail.com' })
  const [header, payload] = ofGoogle.split('.')
  t.strictSame(await verify(ofGoogle, NONCE), {
    provider: 'google',
    subject: '110169484474386276334',
    email: 'ada@gmail.com',
    expiresAt: NOW + 600_000,
    digest: createHash('sha256').update(`${header}.${payload}`).digest('base64url'),
  })
  t.match(await verify(await apple.token(), NONCE), {
    provider: 'apple',
    subject: '000123.0a1b2c3d4e5f.0456',
    email: 'ada@example.com',
  })
  t.strictSame([google.host.fetches, apple.host.fetches], [1, 1])
})

t.test('holds no longer than the token itself', async (t) => {
  const google = await startGoogle(t)
  const token = await google.token({ exp: seconds + 5 })
  t.equal((await verifierOf({ google })(token, NONCE)).expiresAt, NOW + 5_000)
})

t.test('a signature written another way names the same token', async (t) => {
  const google = await startGoogle(t)
  const verify = verifierOf({ google })
  const token = await google.token()
  // 256 bytes are 341 characters and two thirds: the rest of the last character means nothing.
  const last = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const other = token.slice(0, -1) + last[last.indexOf(token.at(-1)!) ^ 1]
  t.not(other, token)
  t.equal((await verify(other, NONCE)).digest, (await verify(token, NONCE)).digest)
  t.not(
    (await verify(await google.token({ jti: '2' }), NONCE)).digest,
    (await verify(token, NONCE)).digest,
  )
})

t.test('knows Google by both its names', async (t) => {
  const { host, token } = await startGoogle(t)
  const audiences = ['web.apps.googleusercontent.com']
  const options = { nonce: 'required', now: () => NOW } as const
  const verify = idTokenVerifier([{ ...google({ audiences }), keysUrl: host.origin }], options)
  for (const iss of ['https://accounts.google.com', 'accounts.google.com']) {
    t.match(await verify(await token({ iss }), NONCE), { provider: 'google' })
  }
  await t.rejects(verify(await token(), NONCE), REFUSED, 'but not by another')
})

t.test('takes the audience as a text or as a list of one', async (t) => {
  const google = await startGoogle(t)
  const verify = verifierOf({ google })
  for (const aud of ['ios.apps.googleusercontent.com', ['web.apps.googleusercontent.com']]) {
    t.match(await verify(await google.token({ aud }), NONCE), { provider: 'google' })
  }
})

t.test(
  'takes a token up to ten minutes old, or one from a clock that is a little ahead',
  async (t) => {
    const google = await startGoogle(t)
    const verify = verifierOf({ google })
    for (const iat of [seconds - minutes(10), seconds - 1, seconds + minutes(1)]) {
      t.match(await verify(await google.token({ iat }), NONCE), { provider: 'google' })
    }
  },
)

t.test('takes both ways in which Apple says that an address is verified', async (t) => {
  const apple = await startApple(t)
  for (const isVerified of ['true', true]) {
    const token = await apple.token({ email_verified: isVerified })
    t.match(await verifierOf({ apple })(token, NONCE), { email: 'ada@example.com' })
  }
})

t.test('takes a relay address of Apple', async (t) => {
  const apple = await startApple(t)
  const email = 'a1b2c3@privaterelay.appleid.com'
  const token = await apple.token({ email, is_private_email: 'true' })
  t.match(await verifierOf({ apple })(token, NONCE), { email })
})

t.test(
  'takes addresses of Google’s own domains, and of a workspace from its members',
  async (t) => {
    const google = await startGoogle(t)
    const verify = verifierOf({ google })
    for (const [email, hd] of [
      ['ada@googlemail.com', undefined],
      ['ada@GMAIL.com', undefined],
      ['ada@example.com', 'example.com'],
      ['ada@Example.com', 'EXAMPLE.com'],
    ]) {
      t.match(
        await verify(await google.token({ email, hd }), NONCE),
        { provider: 'google' },
        `${email}`,
      )
    }
  },
)

t.test('a nonce that is missing on both sides passes only where it is optional', async (t) => {
  const google = await startGoogle(t)
  const token = await google.token({ nonce: undefined })
  await t.rejects(verifierOf({ google })(token), REFUSED)
  const lenient = verifierOf({ google }, { nonce: 'optional' })
  t.match(await lenient(token), { provider: 'google' })
  await t.rejects(lenient(token, NONCE), REFUSED)
  await t.rejects(lenient(await google.token()), REFUSED)
})
