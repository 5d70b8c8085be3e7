import t from 'tap'
import { SignInError } from '../../src/sign-in/errors.ts'
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

for (const [who, make] of Object.entries(NOBODY_TO_SIGN_IN)) {
  t.test(`gets the answer that a known user gets: ${who}`, async (t) => {
    const known = await startSignIn(testDeps(userPoolThatKnows()), { email })
    const [deps, input] = make()
    const started = await startSignIn(deps, input)
    t.strictSame(Object.keys(started), Object.keys(known))
    t.equal(started.expiresIn, known.expiresIn)
    t.equal(SEALER.open(started.session).decoy, true)
    t.equal(deps.decoysMade(), 1)
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
  t.equal(SEALER.open(decoy.session).username.length, ADA.length)
})

t.test('a start cannot succeed with a decoy when a decoy cannot be made', async (t) => {
  const deps = testDeps(userPoolWithNobody(), {
    settings: { provisioning: 'none' },
    makeDecoy: () => Promise.reject(new SignInError('upstream_unavailable', { retryAfter: 5 })),
  })
  await t.rejects(startSignIn(deps, { email }), signInError('upstream_unavailable'))
})
