import t from 'tap'
import type { TrackInput } from '../../src/authsignal/client.ts'
import { makeDecoy, type DecoyInput } from '../../src/authsignal/decoy.ts'
import { ServiceError } from '../../src/errors.ts'
import { tokenFor } from '../support/authsignal.ts'
import { failureOf, signInError } from '../support/expect-error.ts'

const USER_ID = '84583468-8081-7000-901f-9d3de5b6b68b'
const INPUT: DecoyInput = {
  action: 'cognitoAuth',
  idempotencyKey: 'key-1',
  userId: USER_ID,
  username: USER_ID,
  attributes: {},
}

/** Tracks like Authsignal, with a token that names the user wherever a real one does. */
function trackingClient(answer: { state?: string; url?: string } = {}) {
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
        ruleIds: [],
        ...answer,
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
  const { token } = await makeDecoy(client, INPUT)
  t.equal(client.tracked.length, 1)
  const [realHeader, , realSignature] = partsOf(client.tokens[0] ?? '')
  const [header, , signature] = partsOf(token)
  t.equal(header, realHeader)
  t.equal(signature.length, realSignature.length)
  t.notSame(signature, realSignature)
})

t.test("a decoy is tracked in nobody's name, with what rules see of a real user", async (t) => {
  const client = trackingClient()
  const attributes = {
    ipAddress: '203.0.113.7',
    userAgent: 'a browser',
    deviceId: 'device-1',
    locale: 'en-NZ',
    redirectUrl: 'https://app.example.com/callback',
  }
  await makeDecoy(client, { ...INPUT, username: 'ada@example.com', attributes })
  const [{ userId, ...tracked } = { userId: '' }] = client.tracked
  t.strictSame(tracked, {
    action: 'cognitoAuth',
    idempotencyKey: 'key-1',
    attributes: { ...attributes, username: userId },
  })
  t.not(userId, USER_ID)
  t.notMatch(JSON.stringify(client.tracked), 'ada@example.com')
})

t.test('a decoy token has the claims and the length of a real one', async (t) => {
  const client = trackingClient()
  const { token } = await makeDecoy(client, INPUT)
  t.strictSame(JSON.parse(partsOf(token)[1]), {
    aud: 'tenant',
    sub: USER_ID,
    other: { userId: USER_ID, username: USER_ID },
  })
  t.equal(token.length, client.tokens[0]?.length)
})

t.test('a decoy of the same attempt differs by its signature only', async (t) => {
  const client = trackingClient()
  const decoys = [await makeDecoy(client, INPUT), await makeDecoy(client, INPUT)]
  const [first, second] = decoys.map(({ token }) => partsOf(token))
  t.equal(first?.[1], second?.[1])
  t.notSame(first?.[2], second?.[2])
  t.strictSame(client.tracked[0], client.tracked[1])
})

t.test('no decoy shows under whom it was tracked', async (t) => {
  const client = trackingClient()
  for (const username of [USER_ID, 'ada']) {
    const { token, url } = await makeDecoy(client, { ...INPUT, username })
    const userId = client.tracked.at(-1)?.userId ?? '?'
    t.notOk(partsOf(token)[1].includes(userId))
    t.notOk(url.includes(userId))
  }
})

t.test('a decoy shows the username it is given, whatever is in it', async (t) => {
  for (const username of ['ada', 'quote"d', 'back\\slash', '$&', 'ü']) {
    const { token } = await makeDecoy(trackingClient(), { ...INPUT, username })
    const claims = JSON.parse(partsOf(token)[1]) as { sub: string; other: object }
    t.match(claims.other, { username })
    t.equal(claims.sub, USER_ID)
  }
})

t.test('the page of a decoy is that of its token, and of no other', async (t) => {
  const client = trackingClient()
  const { token, url } = await makeDecoy(client, INPUT)
  t.equal(url, `https://mfa.example/challenge?token=${token}&x=1`)
  t.notOk(url.includes(client.tokens[0] ?? '?'))
})

t.test('a page that hides a token we cannot replace is not handed out', async (t) => {
  const other = tokenFor('somebody')
  for (const url of [`https://mfa.example/?token=${other}`, 'https://mfa.example/?id=1', '']) {
    const error = await failureOf(makeDecoy(trackingClient({ url }), INPUT))
    t.match(error, signInError('upstream_error'))
    t.strictSame(error.upstream, {
      service: 'authsignal',
      operation: 'track',
      reason: 'url without the token',
    })
    t.notMatch(JSON.stringify(error), other)
  }
})

t.test('a rule that blocks or holds nobody says so as it would to a user', async (t) => {
  for (const state of ['BLOCK', 'REVIEW', 'REVIEW_REQUIRED', 'REVIEW_FAILED']) {
    await t.rejects(makeDecoy(trackingClient({ state }), INPUT), signInError('sign_in_blocked'))
    const withoutToken = trackingClient({ state, url: '' })
    await t.rejects(makeDecoy(withoutToken, INPUT), signInError('sign_in_blocked'))
  }
})

t.test('a block that is to be hidden yields a decoy, where there is one to be had', async (t) => {
  const hidden = { ...INPUT, evenIfBlocked: true }
  for (const state of ['BLOCK', 'REVIEW', 'REVIEW_REQUIRED', 'REVIEW_FAILED']) {
    t.match(await makeDecoy(trackingClient({ state }), hidden), { token: String, url: String })
    const withoutToken = trackingClient({ state, url: '' })
    await t.rejects(makeDecoy(withoutToken, hidden), signInError('sign_in_blocked'))
  }
})

t.test('a decoy cannot be made while Authsignal fails', async (t) => {
  const failing = { track: () => Promise.reject(new ServiceError('upstream_timeout')) }
  await t.rejects(makeDecoy(failing, INPUT), signInError('upstream_timeout'))
})
