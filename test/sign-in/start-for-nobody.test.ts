import t from 'tap'
import { ServiceError } from '../../src/errors.ts'
import { startSignIn } from '../../src/sign-in/start-sign-in.ts'
import { signInError } from '../support/expect-error.ts'
import {
  ADA,
  challengeFor,
  challengeForNobody,
  scriptedUserPool,
  SEALER,
  testDeps,
  userPoolThatKnows,
  userPoolWithNobody,
  type TestDeps,
} from '../support/sign-in.ts'

const email = 'ada@example.com'

const NOBODY_TO_SIGN_IN: Record<string, () => [TestDeps, object]> = {
  'a user that may not sign in': () => [
    testDeps(scriptedUserPool({ begin: [{ outcome: 'refused' }] })),
    { email },
  ],
  'a username that is not known, existence errors off': () => [
    testDeps(userPoolWithNobody()),
    { username: 'ada' },
  ],
  'a username that is not known': () => [
    testDeps(scriptedUserPool({ begin: [challengeForNobody()] })),
    { username: 'ada' },
  ],
  'an unknown user where none are created': () => [
    testDeps(userPoolWithNobody(), { settings: { provisioning: 'none' } }),
    { email },
  ],
  'a user whom a pre-sign-up trigger vetoes': () => [
    testDeps(scriptedUserPool({ begin: [challengeForNobody()], create: [{ outcome: 'refused' }] })),
    { email },
  ],
  'a new user that may not sign in': () => [
    testDeps(
      scriptedUserPool({
        begin: [challengeForNobody(), { outcome: 'refused' }],
        create: [{ outcome: 'created', username: email }],
      }),
    ),
    { email },
  ],
}

/** Of a known user's session, where Cognito's is as long as nobody's is until one has been seen. */
async function lengthFor(input: object): Promise<number> {
  const known = challengeFor()
  known.challenge.cognitoSession = 'x'.repeat(1560)
  const deps = testDeps(scriptedUserPool({ begin: [known] }))
  return (await startSignIn(deps, input)).session.length
}

for (const [who, make] of Object.entries(NOBODY_TO_SIGN_IN)) {
  t.test(`gets the answer that a known user gets: ${who}`, async (t) => {
    const known = await startSignIn(testDeps(userPoolThatKnows()), { email })
    const [deps, input] = make()
    const started = await startSignIn(deps, input)
    t.strictSame(Object.keys(started), Object.keys(known))
    t.equal(started.expiresIn, known.expiresIn)
    t.match(SEALER.open(started.session).decoy, /^[\w-]{24}$/)
    t.equal(deps.decoys.length, 1)
    t.equal(started.session.length, await lengthFor(input))
    t.notOk(deps.userPool.names().includes('answerChallenge'))
    const creates = who.includes('veto') || who.includes('new user') ? 1 : 0
    t.equal(deps.userPool.names().filter((name) => name === 'createUser').length, creates)
  })
}

t.test('a decoy has the shape and size of the last real answer', async (t) => {
  const pool = scriptedUserPool({
    begin: [challengeFor(ADA, { url: '' }), { outcome: 'refused' }],
  })
  const deps = testDeps(pool)
  const real = await startSignIn(deps, { email })
  const decoy = await startSignIn(deps, { email })
  t.strictSame(Object.keys(real), ['session', 'token', 'expiresIn'])
  t.strictSame(Object.keys(decoy), ['session', 'token', 'expiresIn'])
  t.equal(
    SEALER.open(decoy.session).cognitoSession.length,
    SEALER.open(real.session).cognitoSession.length,
  )
  t.equal(decoy.session.length, real.session.length)
})

t.test('the same name is the same nobody, in an action of its own each time', async (t) => {
  const refused = { outcome: 'refused' } as const
  const deps = testDeps(scriptedUserPool({ begin: [refused, refused, refused] }))
  await startSignIn(deps, { email })
  const { session } = await startSignIn(deps, { email: ' ADA@example.com' })
  await startSignIn(deps, { email: 'eve@example.com' })
  t.strictSame(
    deps.decoys.map(({ name }) => name),
    [email, email, 'eve@example.com'],
  )
  t.equal(new Set(deps.decoys.map(({ idempotencyKey }) => idempotencyKey)).size, 3)
  t.equal(SEALER.open(session).decoy, deps.decoys[1]?.idempotencyKey)
})

t.test('the name shows where it is the username', async (t) => {
  const refused = { outcome: 'refused' } as const
  const shows: Record<string, [object, string | undefined, boolean]> = {
    'a username': [{ username: 'ada' }, undefined, true],
    'an address before a user was seen': [{ email }, undefined, false],
    'an address where users have ids': [{ email }, ADA, false],
    'an address where it is the username': [{ email }, email, true],
  }
  for (const [what, [input, realName, showsName]] of Object.entries(shows)) {
    const seen = realName === undefined ? [] : [challengeFor(realName)]
    const deps = testDeps(scriptedUserPool({ begin: [...seen, refused] }))
    for (const _user of seen) await startSignIn(deps, { email })
    await startSignIn(deps, input)
    t.match(deps.decoys, [{ showsName }], what)
  }
})

t.test('where blocks are told, a rule that blocks nobody refuses the start too', async (t) => {
  const deps = testDeps(userPoolWithNobody(), {
    settings: { provisioning: 'none', blockedStarts: 'tell' },
    makeDecoy: () => Promise.reject(new ServiceError('sign_in_blocked')),
  })
  await t.rejects(startSignIn(deps, { email }), signInError('sign_in_blocked'))
  t.match(deps.decoys, [{ evenIfBlocked: false }])
})

t.test('a start cannot succeed with a decoy when a decoy cannot be made', async (t) => {
  const deps = testDeps(userPoolWithNobody(), {
    settings: { provisioning: 'none' },
    makeDecoy: () => Promise.reject(new ServiceError('upstream_unavailable', { retryAfter: 5 })),
  })
  await t.rejects(startSignIn(deps, { email }), signInError('upstream_unavailable'))
})
