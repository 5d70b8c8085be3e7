import t from 'tap'
import type { TrackInput } from '../../src/authsignal/client.ts'
import { makeDecoy } from '../../src/authsignal/decoy.ts'
import { SignInError } from '../../src/sign-in/errors.ts'
import { tokenFor } from '../support/authsignal.ts'
import { signInError } from '../support/expect-error.ts'

/** Tracks like Authsignal, with a token that names the user wherever a real one does. */
function trackingClient() {
  const tracked: TrackInput[] = []
  const tokens: string[] = []
  return {
    tracked,
    tokens,
    track: async (input: TrackInput) => {
      tracked.push(input)
      const token = tokenFor(input.userId, { username: input.attributes.username })
      tokens.push(token)
      return {
        state: 'CHALLENGE_REQUIRED',
        token,
        url: `https://mfa.example/challenge?token=${token}&x=1`,
        isEnrolled: false,
        enrolledMethods: [],
      }
    },
  }
}

function partsOf(token: string): [header: string, claims: string, signature: Buffer] {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const claims = Buffer.from(payload, 'base64url').toString()
  return [header, claims, Buffer.from(signature, 'base64url')]
}

t.test('a decoy is tracked for real and its token cannot be used', async (t) => {
  const client = trackingClient()
  const { token } = await makeDecoy(client, 'cognitoAuth')
  t.equal(client.tracked.length, 1)
  t.match(client.tracked[0], { action: 'cognitoAuth' })
  const [realHeader, , realSignature] = partsOf(client.tokens[0] ?? '')
  const [header, , signature] = partsOf(token)
  t.equal(header, realHeader)
  t.equal(signature.length, realSignature.length)
  t.notSame(signature, realSignature)
})

t.test('a decoy token has the claims and the length of a real one', async (t) => {
  const client = trackingClient()
  const { token } = await makeDecoy(client, 'cognitoAuth')
  const [, claims] = partsOf(token)
  const userId: unknown = JSON.parse(claims).sub
  t.match(userId, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  t.strictSame(JSON.parse(claims), {
    aud: 'tenant',
    sub: userId,
    other: { userId, username: userId },
  })
  t.equal(token.length, client.tokens[0]?.length)
})

t.test('two decoys have no user, key or signature in common', async (t) => {
  const client = trackingClient()
  const decoys = [await makeDecoy(client, 'a'), await makeDecoy(client, 'a')]
  const [first, second] = decoys.map(({ token }) => partsOf(token))
  t.not(first?.[1], second?.[1])
  t.notSame(first?.[2], second?.[2])
  t.not(client.tracked[0]?.idempotencyKey, client.tracked[1]?.idempotencyKey)
  for (const { userId } of client.tracked) {
    t.notOk(
      decoys.some(({ token, url }) => partsOf(token)[1].includes(userId) || url.includes(userId)),
    )
  }
})

t.test('a decoy shows the username that was typed, whatever is in it', async (t) => {
  for (const username of ['ada', 'quote"d', 'back\\slash', '$&', 'ü']) {
    const { token } = await makeDecoy(trackingClient(), 'a', username)
    const claims = JSON.parse(partsOf(token)[1]) as { sub: string; other: object }
    t.match(claims.other, { username })
    t.not(claims.sub, username)
  }
})

t.test('the page of a decoy is that of its token, and of no other', async (t) => {
  const client = trackingClient()
  const { token, url } = await makeDecoy(client, 'cognitoAuth')
  t.equal(url, `https://mfa.example/challenge?token=${token}&x=1`)
  t.notOk(url.includes(client.tokens[0] ?? '?'))
})

t.test('a decoy cannot be made while Authsignal fails', async (t) => {
  const failing = { track: () => Promise.reject(new SignInError('upstream_timeout')) }
  await t.rejects(makeDecoy(failing, 'cognitoAuth'), signInError('upstream_timeout'))
})
