import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import t from 'tap'
import { apple as realApple, google as realGoogle } from '../../src/id-tokens/providers.ts'
import { idTokenVerifier } from '../../src/id-tokens/verify.ts'
import { failureOf } from '../support/expect-error.ts'
import { newKey } from '../support/key-host.ts'
import { NONCE, NONCE_HASH, NOW, REFUSED, startApple, startGoogle, verifierOf } from './support.ts'

const seconds = NOW / 1000

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Claims that spoil a good token of either provider. */
const BAD_CLAIMS: Record<string, unknown[]> = {
  iss: [undefined, '', 1, null, ['https://accounts.google.com'], 'https://accounts.google.com/'],
  aud: [
    undefined,
    '',
    1,
    null,
    [],
    'another',
    ['web.apps.googleusercontent.com', 'another'],
    ['com.example.app', 'another'],
    ['web.apps.googleusercontent.com', 'com.example.app'],
    'web.apps.googleusercontent.com.evil.example',
    'WEB.apps.googleusercontent.com',
  ],
  exp: [undefined, null, 'soon', String(seconds + 3600), seconds, seconds - 1, 0, -1, {}],
  iat: [undefined, null, 'now', String(seconds), seconds - 601, seconds + 61, 0, -1, [seconds]],
  nbf: [seconds + 3600, 'now'],
  sub: [undefined, '', 1, null, ['x'], {}],
  email: [
    undefined,
    '',
    1,
    null,
    ['ada@gmail.com'],
    'ada',
    '@gmail.com',
    'ada@',
    'ada@evil.example@gmail.com',
    'ada @gmail.com',
    'ada@gmail.com\n',
    ' ada@gmail.com',
    // The Kelvin sign, which is a k in lower case: kate's address, but not kate.
    '\u212Aate@gmail.com',
    'ad\u0430@gmail.com',
  ],
  email_verified: [undefined, false, 'false', 'yes', 'True', 1, null, ['true'], {}],
  nonce: [undefined, '', null, 1, 'another', [NONCE_HASH], NONCE_HASH.slice(1), NONCE],
}

t.test('refuses a token with any claim missing, wrong or of another type', async (t) => {
  for (const start of [startGoogle, startApple]) {
    const issuer = await start(t)
    const verify = verifierOf(start === startGoogle ? { google: issuer } : { apple: issuer })
    await t.resolves(verify(await issuer.token(), NONCE), 'all else is right')
    for (const [name, values] of Object.entries(BAD_CLAIMS)) {
      for (const value of values) {
        const token = await issuer.token({ [name]: value })
        await t.rejects(verify(token, NONCE), REFUSED, `${name} ${JSON.stringify(value)}`)
      }
    }
  }
})

t.test('refuses an address over which Google has no authority', async (t) => {
  const google = await startGoogle(t)
  const verify = verifierOf({ google })
  for (const [email, hd] of [
    ['ada@example.com', undefined],
    ['ada@example.com', ''],
    ['ada@example.com', 'evil.example'],
    ['ada@example.com', 'le.com'],
    ['ada@sub.example.com', 'example.com'],
    ['ada@example.com', ['example.com']],
    ['ada@gmail.com.evil.example', undefined],
    ['ada@notgmail.com', undefined],
    ['x@project.iam.gserviceaccount.com', undefined],
  ]) {
    await t.rejects(
      verify(await google.token({ email, hd }), NONCE),
      REFUSED,
      JSON.stringify({ email, hd }),
    )
  }
})

t.test('takes a text for a verified address from Apple only', async (t) => {
  const google = await startGoogle(t)
  const token = await google.token({ email_verified: 'true' })
  await t.rejects(verifierOf({ google })(token, NONCE), REFUSED)
})

t.test('wants the nonce of the request', async (t) => {
  const google = await startGoogle(t)
  for (const nonce of ['required', 'optional'] as const) {
    const verify = verifierOf({ google }, { nonce })
    for (const given of [undefined, '', 'another', `${NONCE} `]) {
      await t.rejects(verify(await google.token(), given), REFUSED, `${nonce} ${given}`)
    }
  }
})

t.test('refuses what another key has signed, under whatever name', async (t) => {
  const google = await startGoogle(t)
  const verify = verifierOf({ google })
  const { privateKey: key } = await generateKeyPair('RS256')
  for (const header of [{}, { kid: 'two' }, { kid: undefined }, { kid: '' }, { kid: 1 }]) {
    await t.rejects(verify(await google.token({}, { key, header }), NONCE), REFUSED)
  }
})

t.test('refuses a key that the token brings along or points to', async (t) => {
  const google = await startGoogle(t)
  const mine = { ...google.host, keys: [] }
  const key = await newKey(mine, 'one')
  const verify = verifierOf({ google })
  for (const header of [
    { jwk: mine.keys[0] },
    { jku: `${google.host.origin}/mine`, kid: 'mine' },
    { x5u: `${google.host.origin}/mine` },
  ]) {
    await t.rejects(verify(await google.token({}, { key, header }), NONCE), REFUSED)
  }
  t.ok(google.host.fetches <= 1)
})

t.test('keeps the providers apart: neither signs for the other', async (t) => {
  const [google, apple] = await Promise.all([startGoogle(t), startApple(t)])
  const verify = verifierOf({ google, apple })
  const claims = { email: 'ada@gmail.com', email_verified: true }
  for (const [as, by] of [
    [google, apple],
    [apple, google],
  ] as const) {
    const token = await as.token(claims, { key: by.key })
    await t.rejects(verify(token, NONCE), REFUSED)
  }
  // Rightly signed by one, with the audience of the other.
  await t.rejects(verify(await google.token({ aud: 'com.example.app' }), NONCE), REFUSED)
})

t.test('takes RS256 and nothing else', async (t) => {
  const google = await startGoogle(t)
  const verify = verifierOf({ google })
  await verify(await google.token(), NONCE)
  const claims = JSON.parse(atob((await google.token()).split('.')[1]!)) as object
  const publicKey = Buffer.from(JSON.stringify(google.host.keys[0]))
  const { privateKey: ec, publicKey: ecPublic } = await generateKeyPair('ES256', {
    extractable: true,
  })
  google.host.keys.push({ ...(await exportJWK(ecPublic)), kid: 'ec', alg: 'ES256' })
  const { privateKey: pss } = await generateKeyPair('PS256')
  const unsigned = new UnsecuredJWT(claims as Record<string, unknown>).encode()
  for (const [name, token] of Object.entries({
    none: unsigned,
    'none with a signature': `${unsigned}c2lnbmF0dXJl`,
    HS256: await new SignJWT({ ...claims })
      .setProtectedHeader({ alg: 'HS256', kid: 'one' })
      .sign(publicKey),
    ES256: await new SignJWT({ ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'ec' })
      .sign(ec),
    PS256: await new SignJWT({ ...claims })
      .setProtectedHeader({ alg: 'PS256', kid: 'one' })
      .sign(pss),
  })) {
    await t.rejects(verify(token, NONCE), REFUSED, name)
    // Nor does a verifier that has the other keys by now.
    await t.rejects(verifierOf({ google })(token, NONCE), REFUSED, name)
  }
})

t.test('refuses what is no token, without asking anybody', async (t) => {
  const google = await startGoogle(t)
  const verify = verifierOf({ google })
  const good = await google.token()
  const [header = '', payload = '', signature = ''] = good.split('.')
  for (const text of [
    '',
    ' ',
    'x',
    '..',
    'a.b.c',
    'a.b.c.d.e',
    `${header}.${payload}`,
    `${header}.${part(null)}.${signature}`,
    `${header}.${part([])}.${signature}`,
    `${header}.${part('text')}.${signature}`,
    `${header}.${part({})}.${signature}`,
    `${header}.!.${signature}`,
    '{"token":"x"}',
    'x'.repeat(1_000_000),
    `${header}.${payload}.${'A'.repeat(8_192)}`,
    await google.token({ name: 'x'.repeat(8_192) }),
  ]) {
    await t.rejects(verify(text, NONCE), REFUSED, text.slice(0, 40))
  }
  t.equal(google.host.fetches, 0)
})

t.test('refuses a good token that was changed on the way', async (t) => {
  const google = await startGoogle(t)
  const verify = verifierOf({ google })
  const [header = '', payload = '', signature = ''] = (await google.token()).split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object
  for (const text of [
    `${header}.${part({ ...claims, email: 'eve@gmail.com' })}.${signature}`,
    `${header}.${payload}.`,
    `${header}.${payload}.${signature.slice(2)}`,
    `${header}.${payload}.${signature.slice(2)}AA`,
    ` ${header}.${payload}.${signature}`,
    `${header} .${payload}.${signature}`,
    `${part(null)}.${payload}.${signature}`,
    `${part({ alg: 'RS256', crit: ['x'] })}.${payload}.${signature}`,
    `${part({ alg: ['RS256'] })}.${payload}.${signature}`,
    `${part({})}.${payload}.${signature}`,
  ]) {
    await t.rejects(verify(text, NONCE), REFUSED, text.slice(0, 40))
  }
})

t.test('a provider without audiences accepts nothing, and nobody asks for its keys', async (t) => {
  const google = await startGoogle(t)
  const endpoint = google.host.origin
  const off = idTokenVerifier([realGoogle({ audiences: [], endpoint })], {
    nonce: 'required',
    now: () => NOW,
  })
  for (const aud of ['web.apps.googleusercontent.com', '', [], undefined]) {
    await t.rejects(off(await google.token({ aud }), NONCE), REFUSED)
  }
  t.equal(google.host.fetches, 0)
})

t.test('says nothing of what was wrong', async (t) => {
  const google = await startGoogle(t)
  const verify = verifierOf({ google })
  const failures = await Promise.all(
    [{ aud: 'another' }, { email_verified: false }, { exp: 1 }, { nonce: 'x' }].map(
      async (claims) => failureOf(verify(await google.token(claims), NONCE)),
    ),
  )
  for (const { code, message, reason, errors, upstream } of failures) {
    t.strictSame(
      { code, message, reason, errors, upstream },
      {
        code: 'challenge_failed',
        message: 'challenge_failed',
        reason: 'refused',
        errors: undefined,
        upstream: undefined,
      },
    )
  }
})

t.test('the real providers are those of their documentation', (t) => {
  t.match(realGoogle({ audiences: ['x'] }), {
    issuers: ['https://accounts.google.com', 'accounts.google.com'],
    keysUrl: 'https://www.googleapis.com/oauth2/v3/certs',
  })
  t.match(realApple({ audiences: ['x'] }), {
    issuers: ['https://appleid.apple.com'],
    keysUrl: 'https://appleid.apple.com/auth/keys',
  })
  t.end()
})
