import t from 'tap'
import { startSignIn } from '../../src/sign-in/start-sign-in.ts'
import {
  ADA,
  challengeFor,
  challengeForNobody,
  foreignChallengeFor,
  NOBODY,
  scriptedUserPool,
  SEALER,
  testDeps,
} from '../support/sign-in.ts'

const email = 'ada@example.com'

t.test('a user that was looked up begins under their own name', async (t) => {
  const userPool = scriptedUserPool({
    find: [{ outcome: 'found', username: ADA }],
    begin: [challengeFor(ADA)],
  })
  const { session } = await startSignIn(testDeps(userPool), { email })
  t.strictSame(userPool.calls, [
    ['findUser', { kind: 'email', value: email }],
    ['beginChallenge', ADA],
  ])
  t.match(SEALER.open(session), { username: ADA, decoy: undefined })
})

t.test('a user that is missing is created without another look', async (t) => {
  const userPool = scriptedUserPool({
    find: [{ outcome: 'missing' }],
    create: [{ outcome: 'created', username: 'made-up' }],
    begin: [challengeFor(ADA)],
  })
  await startSignIn(testDeps(userPool), { email })
  t.strictSame(userPool.names(), ['findUser', 'createUser', 'beginChallenge'])
  t.strictSame(userPool.calls[2], ['beginChallenge', 'made-up'])
})

t.test("nobody signs in by an address that may be several people's", async (t) => {
  const userPool = scriptedUserPool({ find: [{ outcome: 'refused' }] })
  const deps = testDeps(userPool)
  const { session } = await startSignIn(deps, { email })
  t.match(SEALER.open(session).decoy, /^[\w-]{24}$/)
  t.strictSame(userPool.names(), ['findUser'])
  t.equal(deps.decoys.length, 1)
})

t.test('nor is anybody made where none are made', async (t) => {
  const userPool = scriptedUserPool({ find: [{ outcome: 'missing' }] })
  const deps = testDeps(userPool, { settings: { provisioning: 'none' } })
  const { session } = await startSignIn(deps, { email })
  t.match(SEALER.open(session).decoy, /^[\w-]{24}$/)
  t.strictSame(userPool.names(), ['findUser'])
})

for (const [name, first] of [
  ['is gone by then', challengeForNobody()],
  ['is gone by then, existence errors off', { outcome: 'no_such_user' }],
  ['is gone by then, with other triggers', foreignChallengeFor(NOBODY)],
] as const) {
  t.test(`a user that was found is never made a second time: ${name}`, async (t) => {
    const userPool = scriptedUserPool({
      find: [{ outcome: 'found', username: ADA }],
      begin: [first],
    })
    await startSignIn(testDeps(userPool), { email })
    t.strictSame(userPool.names(), ['findUser', 'beginChallenge'])
  })
}

t.test('a name that only looks made up is no reason to turn its user away', async (t) => {
  const userPool = scriptedUserPool({
    find: [{ outcome: 'found', username: NOBODY }],
    begin: [foreignChallengeFor(NOBODY)],
  })
  const { session } = await startSignIn(testDeps(userPool), { email })
  t.match(SEALER.open(session), { username: NOBODY, decoy: undefined })
})
