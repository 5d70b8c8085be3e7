import t from 'tap'
import { tokenDigest } from '../../src/sign-in/challenge-dialect.ts'
import { ServiceError } from '../../src/errors.ts'
import { startSignIn } from '../../src/sign-in/start-sign-in.ts'
import { addressDigest } from '../../src/trigger-protocol/signed-context.ts'
import { failureOf, signInError } from '../support/expect-error.ts'
import {
  ADA,
  challengeFor,
  challengeForNobody,
  CONTEXT_KEY,
  NOW,
  scriptedUserPool,
  SEALER,
  testDeps,
  userPoolThatKnows,
} from '../support/sign-in.ts'

const email = 'ada@example.com'
const identifier = { kind: 'email', value: email }

t.test('a known user is challenged with one call', async (t) => {
  const deps = testDeps(userPoolThatKnows())
  const { session, ...started } = await startSignIn(deps, { email: ' ADA@example.com' })
  t.strictSame(started, {
    token: 'a.real.token',
    url: 'https://mfa.example/a.real.token',
    expiresIn: 180,
  })
  t.strictSame(deps.userPool.calls, [['beginChallenge', email]])
  t.strictSame(SEALER.open(session), {
    cognitoSession: `session-of-${ADA}`,
    username: ADA,
    context: { identifier: 'email', typed: addressDigest(CONTEXT_KEY, email) },
    refused: 0,
    startedAt: NOW,
    issued: tokenDigest('a.real.token'),
  })
})

t.test('the session remembers what was typed, addresses by their digest', async (t) => {
  const inputs = { email, phoneNumber: '+6421234567', username: 'ada' }
  for (const [identifier, value] of Object.entries(inputs)) {
    const { session } = await startSignIn(testDeps(userPoolThatKnows()), { [identifier]: value })
    const typed = addressDigest(CONTEXT_KEY, value)
    t.strictSame(
      SEALER.open(session).context,
      identifier === 'username' ? { identifier } : { identifier, typed },
    )
  }
})

t.test('the session remembers what the client said, and not where it connects from', async (t) => {
  const said = {
    redirectUrl: 'https://app.example.com/callback?x=1',
    locale: 'en-NZ',
    deviceId: 'device-1',
  }
  const connection = { ipAddress: '203.0.113.7', userAgent: 'a browser' }
  const input = { username: 'ada', ...said, ...connection }
  const { session } = await startSignIn(testDeps(userPoolThatKnows()), input)
  t.strictSame(SEALER.open(session).context, { identifier: 'username', ...said })
})

t.test('a new user is created once and challenged', async (t) => {
  const pools = {
    'existence errors on': challengeForNobody(),
    'existence errors off': { outcome: 'no_such_user' } as const,
  }
  for (const [pool, first] of Object.entries(pools)) {
    const deps = testDeps(
      scriptedUserPool({
        begin: [first, challengeFor()],
        create: [{ outcome: 'created', username: email }],
      }),
    )
    const { session } = await startSignIn(deps, { email })
    t.strictSame(
      deps.userPool.calls,
      [
        ['beginChallenge', email],
        ['createUser', identifier],
        ['beginChallenge', email],
      ],
      pool,
    )
    t.match(SEALER.open(session), { username: ADA, decoy: undefined }, pool)
    t.equal(deps.decoys.length, 0)
  }
})

t.test('a new user of an alias pool is challenged under the name made for it', async (t) => {
  const deps = testDeps(
    scriptedUserPool({
      begin: [challengeForNobody(), challengeFor('made-up-name')],
      create: [{ outcome: 'created', username: 'made-up-name' }],
    }),
  )
  await startSignIn(deps, { email })
  t.strictSame(deps.userPool.calls.at(-1), ['beginChallenge', 'made-up-name'])
})

t.test('a user that a racing start has just created is challenged all the same', async (t) => {
  const deps = testDeps(
    scriptedUserPool({
      begin: [challengeForNobody(), challengeFor()],
      create: [{ outcome: 'exists', username: email }],
    }),
  )
  const { session } = await startSignIn(deps, { email })
  t.strictSame(deps.userPool.names(), ['beginChallenge', 'createUser', 'beginChallenge'])
  t.match(SEALER.open(session), { username: ADA, decoy: undefined })
})

t.test('a user that cannot be found at once is looked for a second time', async (t) => {
  const deps = testDeps(
    scriptedUserPool({
      begin: [challengeForNobody(), challengeForNobody(), challengeFor()],
      create: [{ outcome: 'created', username: email }],
    }),
  )
  t.match(SEALER.open((await startSignIn(deps, { email })).session), { username: ADA })
  t.equal(deps.userPool.names().length, 4)
  t.strictSame(deps.slept, [0, 200, 0])
})

t.test('a user that stays lost after its creation is the fault of the pool', async (t) => {
  const lost = { outcome: 'no_such_user' } as const
  const deps = testDeps(
    scriptedUserPool({
      begin: [lost, lost, lost],
      create: [{ outcome: 'created', username: email }],
    }),
  )
  const error = await failureOf(startSignIn(deps, { email }))
  t.match(error, { code: 'upstream_error', upstream: { operation: 'InitiateAuth' } })
  t.equal(deps.userPool.names().filter((name) => name === 'createUser').length, 1)
})

t.test('a failure of the pool is passed on, whichever call it hits', async (t) => {
  const failure = new ServiceError('upstream_unavailable', { retryAfter: 5 })
  const begin = [challengeForNobody()]
  const created = { outcome: 'created', username: email } as const
  for (const pool of [
    scriptedUserPool({ begin: [failure] }),
    scriptedUserPool({ begin, create: [failure] }),
    scriptedUserPool({ begin: [...begin, failure], create: [created] }),
  ]) {
    t.equal(await failureOf(startSignIn(testDeps(pool), { email })), failure)
  }
})

t.test(
  'an identifier of a kind that the pool does not take is the fault of its field',
  async (t) => {
    const inputs = { email, phoneNumber: '+6421234567' }
    for (const [kind, value] of Object.entries(inputs)) {
      const deps = testDeps(
        scriptedUserPool({ begin: [challengeForNobody()], create: [{ outcome: 'unsupported' }] }),
      )
      const error = await failureOf(startSignIn(deps, { [kind]: value }))
      t.equal(error.code, 'invalid_request')
      t.match(error.errors, [{ pointer: `/${kind}`, detail: /another identifier/ }])
      t.equal(error.errors?.length, 1)
      t.notMatch(JSON.stringify(error), value)
      t.strictSame(deps.userPool.names(), ['beginChallenge', 'createUser'])
      t.strictSame(deps.decoys, [])
    }
  },
)

const BLOCKS: Record<string, ReturnType<typeof challengeFor> | ServiceError> = {
  'the trigger': new ServiceError('sign_in_blocked'),
  ...Object.fromEntries(
    ['BLOCK', 'REVIEW', 'REVIEW_REQUIRED', 'REVIEW_FAILED'].map((state) => [
      state,
      challengeFor(ADA, { state }),
    ]),
  ),
}
for (const [what, block] of Object.entries(BLOCKS)) {
  t.test(`a start that ${what} blocks or holds looks like any other`, async (t) => {
    const deps = testDeps(scriptedUserPool({ begin: [block] }))
    const { session, ...rest } = await startSignIn(deps, { email })
    t.match(rest, { token: 'a.decoy.token1', expiresIn: 180 })
    t.type(SEALER.open(session).decoy, 'string', 'and is one for nobody')
    t.match(deps.decoys, [{ evenIfBlocked: true }])
  })

  t.test(`a start that ${what} blocks or holds is refused where that is told`, async (t) => {
    const deps = testDeps(scriptedUserPool({ begin: [block] }), {
      settings: { blockedStarts: 'tell' },
    })
    await t.rejects(startSignIn(deps, { email }), signInError('sign_in_blocked'))
    t.strictSame(deps.decoys, [])
  })
}

t.test('a challenge without token and URL is the fault of the triggers', async (t) => {
  const pool = scriptedUserPool({ begin: [challengeFor(ADA, { token: '', url: '' })] })
  await t.rejects(startSignIn(testDeps(pool), { email }), signInError('upstream_error'))
})

t.test('bad input is refused before anything is asked or slept', async (t) => {
  for (const [input, code] of [
    [{}, 'invalid_request'],
    [{ email: 'x' }, 'invalid_request'],
    [{ email, redirectUrl: 'https://evil.example/' }, 'redirect_url_not_allowed'],
  ] as const) {
    const deps = testDeps(userPoolThatKnows())
    await t.rejects(startSignIn(deps, input), signInError(code))
    t.strictSame([deps.userPool.calls, deps.slept], [[], []])
  }
})

t.test('the session lives as long as the answer says, from when Cognito was asked', async (t) => {
  let now = NOW - 5_000
  const pool = userPoolThatKnows()
  const deps = testDeps(
    {
      ...pool,
      beginChallenge: (...call) => pool.beginChallenge(...call).finally(() => (now = NOW)),
    },
    { settings: { sessionSeconds: 5 }, now: () => now },
  )
  const { session, expiresIn } = await startSignIn(deps, { email })
  t.equal(expiresIn, 5)
  t.throws(() => SEALER.open(session), signInError('session_expired'))
})
