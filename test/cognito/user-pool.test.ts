import t from 'tap'
import { signInError } from '../support/expect-error.ts'
import {
  accessTokenOf,
  ADA,
  awsError,
  awsJson,
  CALLS,
  CHALLENGE,
  CLIENT_ID,
  CLIENT_SECRET,
  EMAIL,
  hashOf,
  POOL_ID,
  tokensFor,
  userPoolBefore,
} from '../support/cognito.ts'

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

t.test('a user is created silently, and with nothing verified', async (t) => {
  const { pool, ...server } = await userPoolBefore(t, [awsJson(200, {}), awsJson(200, {})])
  t.strictSame(await pool.createUser({ kind: 'email', value: EMAIL }), {
    outcome: 'created',
    username: EMAIL,
  })
  await pool.createUser({ kind: 'phoneNumber', value: '+6421234567' })
  t.strictSame(server.input(0), {
    UserPoolId: POOL_ID,
    Username: EMAIL,
    UserAttributes: [{ Name: 'email', Value: EMAIL }],
    MessageAction: 'SUPPRESS',
  })
  t.strictSame(server.input(1)['UserAttributes'], [{ Name: 'phone_number', Value: '+6421234567' }])
})

t.test('a user that exists already is as good as created', async (t) => {
  const { pool } = await userPoolBefore(t, [
    awsError('UsernameExistsException', 'User account already exists'),
    awsError('CodeDeliveryFailureException', 'could not send'),
  ])
  const identifier = { kind: 'email', value: EMAIL } as const
  t.strictSame(await pool.createUser(identifier), { outcome: 'exists', username: EMAIL })
  t.strictSame(await pool.createUser(identifier), { outcome: 'created', username: EMAIL })
})

const ADDRESS_IS_ALIAS = awsError(
  'InvalidParameterException',
  'Username cannot be of email format, since user pool is configured for email alias.',
)

t.test('an alias pool gets a made-up name, the same one whoever makes it', async (t) => {
  const created: unknown[] = []
  for (const _instance of [1, 2]) {
    const { pool, ...server } = await userPoolBefore(t, [
      ADDRESS_IS_ALIAS,
      awsJson(200, {}),
      awsJson(200, {}),
    ])
    const first = await pool.createUser({ kind: 'email', value: EMAIL })
    const name = server.input(1)['Username']
    t.match(name, /^[0-9a-f]{32}$/)
    t.strictSame(first, { outcome: 'created', username: name })
    t.match(server.input(1)['UserAttributes'], [{ Name: 'email', Value: EMAIL }])
    // What kind of pool it is has been learnt: no third attempt with the address.
    await pool.createUser({ kind: 'email', value: 'eve@example.com' })
    t.equal(server.requests.length, 3)
    t.match(server.input(2)['Username'], /^[0-9a-f]{32}$/)
    t.not(server.input(2)['Username'], name)
    created.push(name)
  }
  t.equal(created[0], created[1])
})

t.test('a second refusal of the made-up name is no endless loop', async (t) => {
  const { pool, ...server } = await userPoolBefore(t, [
    ADDRESS_IS_ALIAS,
    awsError('InvalidParameterException', 'Attributes did not conform to the schema'),
  ])
  await t.rejects(
    pool.createUser({ kind: 'email', value: EMAIL }),
    signInError('upstream_error', { upstream: { reason: 'InvalidParameterException' } }),
  )
  t.equal(server.requests.length, 2)
})

t.test('a bare username is created without attributes', async (t) => {
  const { pool, ...server } = await userPoolBefore(t, [awsJson(200, {})])
  await pool.createUser({ kind: 'username', value: 'ada' })
  t.match(server.input(0), { Username: 'ada', UserAttributes: [] })
})
