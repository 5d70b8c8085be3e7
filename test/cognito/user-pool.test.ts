import t from 'tap'
import type { UserPool } from '../../src/sign-in/ports.ts'
import { failureOf } from '../support/expect-error.ts'
import {
  accessTokenOf,
  ADA,
  awsJson,
  CALLS,
  CHALLENGE,
  CLIENT_ID,
  CLIENT_SECRET,
  EMAIL,
  hashOf,
  tokensFor,
  userPoolBefore,
} from '../support/cognito.ts'
import type { Answer } from '../support/upstream.ts'

const challenge = { cognitoSession: 'AYABe-session', username: ADA, parameters: {} }

t.test('a sign-in begins with CUSTOM_AUTH and comes back as a challenge', async (t) => {
  const { pool, ...server } = await userPoolBefore(t, [awsJson(200, CHALLENGE)])
  t.strictSame(await pool.beginChallenge(EMAIL), {
    outcome: 'challenge',
    challenge: {
      cognitoSession: 'AYABe-session',
      username: ADA,
      parameters: CHALLENGE.ChallengeParameters,
    },
  })
  t.strictSame(server.operations(), ['InitiateAuth'])
  t.strictSame(server.input(0), {
    AuthFlow: 'CUSTOM_AUTH',
    ClientId: CLIENT_ID,
    AuthParameters: { USERNAME: EMAIL },
  })
})

t.test('an answer names the real user, the session and the metadata', async (t) => {
  const { pool, ...server } = await userPoolBefore(t, [awsJson(200, tokensFor(ADA))])
  const metadata = { identifier: 'email', signature: 'x' }
  const outcome = await pool.answerChallenge({ challenge, answer: 'a.proof', metadata })
  t.strictSame(outcome, {
    outcome: 'tokens',
    tokens: {
      accessToken: accessTokenOf(ADA),
      idToken: 'id.token.x',
      refreshToken: 'refresh',
      expiresIn: 3600,
    },
  })
  t.strictSame(server.operations(), ['RespondToAuthChallenge'])
  t.strictSame(server.input(0), {
    ChallengeName: 'CUSTOM_CHALLENGE',
    ClientId: CLIENT_ID,
    Session: 'AYABe-session',
    ChallengeResponses: { USERNAME: ADA, ANSWER: 'a.proof' },
    ClientMetadata: metadata,
  })
})

t.test('a wrong answer comes back as the next challenge', async (t) => {
  const next = { ...CHALLENGE, Session: 'AYABe-next' }
  const { pool } = await userPoolBefore(t, [awsJson(200, next)])
  const outcome = await pool.answerChallenge({ challenge, answer: 'wrong', metadata: {} })
  t.match(outcome, { outcome: 'challenge', challenge: { cognitoSession: 'AYABe-next' } })
})

t.test('SECRET_HASH is over the USERNAME of the same request', async (t) => {
  const { pool, ...server } = await userPoolBefore(
    t,
    [awsJson(200, CHALLENGE), awsJson(200, tokensFor(ADA))],
    { clientSecret: CLIENT_SECRET },
  )
  await pool.beginChallenge(EMAIL)
  await pool.answerChallenge({ challenge, answer: 'x', metadata: {} })
  t.match(server.input(0), { AuthParameters: { USERNAME: EMAIL, SECRET_HASH: hashOf(EMAIL) } })
  t.match(server.input(1), { ChallengeResponses: { USERNAME: ADA, SECRET_HASH: hashOf(ADA) } })
  t.not(hashOf(EMAIL), hashOf(ADA))
})

t.test('only creating a user is signed', async (t) => {
  const { pool, ...server } = await userPoolBefore(t, [
    awsJson(200, CHALLENGE),
    awsJson(200, tokensFor(ADA)),
    awsJson(200, {}),
  ])
  for (const call of Object.values(CALLS)) await call(pool)
  t.strictSame(server.operations(), Object.keys(CALLS))
  t.strictSame(
    server.requests.map(({ headers }) => headers.authorization?.split(' ')[0]),
    [undefined, undefined, 'AWS4-HMAC-SHA256'],
  )
})

const WITH_SIGNAL: Record<string, (pool: UserPool, signal: AbortSignal) => Promise<object>> = {
  InitiateAuth: (pool, signal) => pool.beginChallenge(EMAIL, signal),
  RespondToAuthChallenge: (pool, signal) =>
    pool.answerChallenge({ challenge, answer: 'x', metadata: {} }, signal),
  AdminCreateUser: (pool, signal) => pool.createUser({ kind: 'email', value: EMAIL }, signal),
}

const slowChallenge: Answer = (response) => {
  setTimeout(() => awsJson(200, CHALLENGE)(response), 300)
}

for (const [operation, call] of Object.entries(WITH_SIGNAL)) {
  t.test(`${operation} stops when the signal that came with it says so`, async (t) => {
    const deadline = new AbortController()
    // Once the request is there: what nobody has seen cannot be seen to close.
    const { pool, ...server } = await userPoolBefore(t, [() => deadline.abort()])
    const error = await failureOf(call(pool, deadline.signal))
    t.match(error, { code: 'upstream_timeout', upstream: { operation } })
    await server.connectionClosed
    t.equal(server.requests.length, 1)
  })

  t.test(`${operation} goes by no other deadline than the one that came along`, async (t) => {
    const { pool } = await userPoolBefore(t, [slowChallenge], { timeoutMs: 50 })
    t.match(await call(pool, AbortSignal.timeout(5_000)), { outcome: /^(challenge|created)$/ })
  })

  t.test(`${operation} is not sent when its deadline has passed`, async (t) => {
    const { pool, ...server } = await userPoolBefore(t, [])
    t.match(await failureOf(call(pool, AbortSignal.abort())), { code: 'upstream_timeout' })
    t.strictSame(server.requests, [])
  })
}
