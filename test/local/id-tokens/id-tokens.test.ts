import { createHash } from 'node:crypto'
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose'
import t, { type Test } from 'tap'
import {
  startLocalIdTokens,
  type LocalIdTokens,
  type LocalIdTokensOptions,
  type Provider,
  type TokenRequest,
} from '../../../local/id-tokens/index.ts'
import { apple, google } from '../../../src/id-tokens/providers.ts'
import { idTokenVerifier } from '../../../src/id-tokens/verify.ts'

const nonce = 'n-0S6_WzA2Mj'
const hash = createHash('sha256').update(nonce).digest('hex')

async function start(t: Test, options: LocalIdTokensOptions = {}): Promise<LocalIdTokens> {
  const idTokens = await startLocalIdTokens(options)
  t.teardown(() => idTokens.close())
  return idTokens
}

function post(url: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json', origin: 'http://localhost:3080' }
  return fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
}

/** What an app gets, as claims. */
async function claimsOf(url: string, body: unknown): Promise<Record<string, unknown>> {
  const { idToken } = (await (await post(url, body)).json()) as { idToken: string }
  return decodeJwt(idToken)
}

t.test('the service accepts what either provider issues', async (t) => {
  const { serviceEnv: env, clock, ...idTokens } = await start(t)
  const idToken = (provider: Provider, request: TokenRequest) =>
    idTokens.idToken(provider, { ...request, nonce: hash })
  const verify = idTokenVerifier(
    [
      google({ audiences: [env['GOOGLE_AUDIENCES']!], endpoint: env['GOOGLE_ENDPOINT'] }),
      apple({ audiences: [env['APPLE_AUDIENCES']!], endpoint: env['APPLE_ENDPOINT'] }),
    ],
    { nonce: 'required', now: () => clock.now() },
  )
  for (const [provider, request] of [
    ['google', { email: 'ada@gmail.com' }],
    ['google', { email: 'ada@example.com', hd: 'example.com' }],
    ['apple', { email: 'ada@example.com' }],
  ] as const) {
    const { email } = request
    const proof = await verify(await idToken(provider, request), nonce)
    t.match(proof, { provider, email })
  }
  const refused = { code: 'challenge_failed' }
  await t.rejects(verify(await idToken('google', { email: 'ada@example.com' }), nonce), refused)
  const token = await idToken('apple', { email: 'ada@example.com' })
  clock.advance(11 * 60_000)
  await t.rejects(verify(token, nonce), refused, 'time can be moved')
})

t.test('hands an app a token of its provider, with the claims of a real one', async (t) => {
  const { origin } = await start(t)
  t.match(await claimsOf(`${origin}/google`, { email: 'ada@gmail.com', nonce }), {
    iss: `${origin}/google`,
    aud: 'local.apps.googleusercontent.com',
    azp: 'local.apps.googleusercontent.com',
    sub: /^\d{21}$/,
    email: 'ada@gmail.com',
    email_verified: true,
    nonce,
    hd: undefined,
  })
  const claims = await claimsOf(`${origin}/apple`, { email: 'x@privaterelay.appleid.com' })
  t.match(claims, {
    iss: `${origin}/apple`,
    aud: 'local.example.app',
    sub: /^\d{3}[0-9a-f]{3}\.[0-9a-f]{32}\.[0-9a-f]{4}$/,
    email: 'x@privaterelay.appleid.com',
    email_verified: 'true',
    is_private_email: 'true',
    nonce: undefined,
  })
  t.equal(Number(claims['exp']) - Number(claims['iat']), 86_400)
})

t.test('signs with a published key of that provider', async (t) => {
  const idTokens = await start(t)
  const { origin } = idTokens
  const keysOf = (provider: string) => createRemoteJWKSet(new URL(`${origin}/${provider}/jwks`))
  const token = await idTokens.idToken('google', { email: 'ada@gmail.com' })
  t.match(await jwtVerify(token, keysOf('google')), { protectedHeader: { alg: 'RS256' } })
  await t.rejects(jwtVerify(token, keysOf('apple')))
  const { keys } = (await (await fetch(`${origin}/google/jwks`)).json()) as { keys: object[] }
  t.strictSame(Object.keys(keys[0]!).toSorted(), ['alg', 'e', 'kid', 'kty', 'n', 'use'])
})

t.test('knows a person again by the address, and never issues the same token twice', async (t) => {
  const { origin } = await start(t)
  for (const provider of ['google', 'apple']) {
    const url = `${origin}/${provider}`
    const [one, again, other] = await Promise.all(
      ['ada@gmail.com', 'Ada@Gmail.com', 'eve@gmail.com'].map((email) => claimsOf(url, { email })),
    )
    t.equal(one!['sub'], again!['sub'])
    t.not(one!['sub'], other!['sub'])
    t.notSame({ ...one, email: '' }, { ...again, email: '' })
  }
})

t.test('puts in any claim that a test asks for, and leaves out those given as null', async (t) => {
  const { origin } = await start(t)
  const claims = await claimsOf(`${origin}/google`, {
    email: 'ada@example.com',
    hd: 'example.com',
    email_verified: false,
    aud: ['another'],
    sub: null,
  })
  t.match(claims, { hd: 'example.com', email_verified: false, aud: ['another'], sub: undefined })
})

t.test('serves pages of other origins, the demo page being one', async (t) => {
  const { origin } = await start(t)
  const answer = await post(`${origin}/google`, { email: 'ada@gmail.com' })
  t.equal(answer.headers.get('access-control-allow-origin'), 'http://localhost:3080')
  const preflight = await fetch(`${origin}/google`, {
    method: 'OPTIONS',
    headers: {
      origin: 'http://localhost:3080',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    },
  })
  t.equal(preflight.status, 204)
  t.equal(preflight.headers.get('access-control-allow-headers'), 'content-type')
})

t.test('issues under the name by which the service finds it', async (t) => {
  const idTokens = await start(t, { publicOrigin: 'http://local-stack:9231' })
  t.match(idTokens.serviceEnv, {
    GOOGLE_ENDPOINT: 'http://local-stack:9231/google',
    APPLE_ENDPOINT: 'http://local-stack:9231/apple',
  })
  const claims = decodeJwt(await idTokens.idToken('apple', { email: 'ada@example.com' }))
  t.equal(claims.iss, 'http://local-stack:9231/apple')
})

t.test('answers 400 to what names nobody, 404 to other providers', async (t) => {
  const { origin, calls } = await start(t)
  for (const body of [null, 'text', [], {}, { email: 1 }, { nonce }]) {
    t.equal((await post(`${origin}/google`, body)).status, 400, JSON.stringify(body))
  }
  t.equal((await post(`${origin}/facebook`, { email: 'ada@example.com' })).status, 404)
  t.equal(calls.length, 6)
  t.equal(calls[0]!.operation, 'POST /google')
})

t.test('can be made to fail', async (t) => {
  const { origin, faults } = await start(t)
  faults.add({ operation: 'GET /google/jwks', fault: { kind: 'answer', status: 503 }, times: 1 })
  t.equal((await fetch(`${origin}/google/jwks`)).status, 503)
  t.equal((await fetch(`${origin}/google/jwks`)).status, 200)
})
