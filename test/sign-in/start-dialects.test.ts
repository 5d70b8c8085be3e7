import t from 'tap'
import { startSignIn } from '../../src/sign-in/start-sign-in.ts'
import { addressDigest, readContext } from '../../src/trigger-protocol/signed-context.ts'
import { writeExistenceHint } from '../../src/trigger-protocol/existence-hint.ts'
import { failureOf } from '../support/expect-error.ts'
import {
  ADA,
  challengeFor,
  CONTEXT_KEY,
  foreignChallengeFor,
  HINT_KEY,
  NOBODY,
  NOW,
  scriptedUserPool,
  SEALER,
  testDeps,
  type FakeUserPool,
} from '../support/sign-in.ts'

const email = 'ada@example.com'
const MARKER = { challenge: 'PROVIDE_AUTH_PARAMETERS' }

/** Our triggers with the context round switched on: a marker first, and nothing to take yet. */
function marker(username = ADA, userExists = true) {
  const hint = writeExistenceHint(HINT_KEY, userExists)
  return foreignChallengeFor(username, { ...MARKER, hint })
}

function metadataOf(pool: FakeUserPool): Record<string, string> {
  const [, input] = pool.calls.find(([name]) => name === 'answerChallenge') ?? []
  return (input as { metadata: Record<string, string> }).metadata
}

t.test('triggers that ask for it get the context, signed for this user', async (t) => {
  const pool = scriptedUserPool({ begin: [marker()], answer: [challengeFor()] })
  const started = await startSignIn(testDeps(pool), {
    email,
    redirectUrl: 'https://app.example.com/callback',
    locale: 'en-NZ',
    deviceId: 'device-1',
    ipAddress: '203.0.113.7',
    userAgent: 'a browser',
  })
  t.equal(started.token, 'a.real.token')
  t.strictSame(pool.names(), ['beginChallenge', 'answerChallenge'])
  t.match(pool.calls[1]?.[1], {
    challenge: { username: ADA, cognitoSession: `session-of-${ADA}` },
    answer: '__dummy__',
  })
  const metadata = metadataOf(pool)
  t.strictSame(readContext(CONTEXT_KEY, ADA, metadata, NOW), {
    identifier: 'email',
    typed: addressDigest(CONTEXT_KEY, email),
    redirectUrl: 'https://app.example.com/callback',
    locale: 'en-NZ',
    deviceId: 'device-1',
    ipAddress: '203.0.113.7',
    userAgent: 'a browser',
  })
  t.equal(readContext(CONTEXT_KEY, 'somebody-else', metadata, NOW), undefined)
  t.equal(metadata['signInMethod'], 'EMAIL')
  t.equal(SEALER.open(started.session).cognitoSession, `session-of-${ADA}`)
})

t.test('the other marker of the context round is understood too', async (t) => {
  const first = foreignChallengeFor(ADA, { nextStep: 'PROVIDE_AUTH_PARAMETERS' })
  const pool = scriptedUserPool({ begin: [first], answer: [foreignChallengeFor(ADA)] })
  await startSignIn(testDeps(pool), { phoneNumber: '+6421234567' })
  t.strictSame(pool.names(), ['beginChallenge', 'answerChallenge'])
  t.equal(metadataOf(pool)['signInMethod'], 'SMS')
})

t.test('a new user is created before the context round is answered', async (t) => {
  const pool = scriptedUserPool({
    begin: [marker(NOBODY, false), marker()],
    create: [{ outcome: 'created', username: email }],
    answer: [challengeFor()],
  })
  await startSignIn(testDeps(pool), { email })
  t.strictSame(pool.names(), ['beginChallenge', 'createUser', 'beginChallenge', 'answerChallenge'])
  t.ok(readContext(CONTEXT_KEY, ADA, metadataOf(pool), NOW))
})

t.test('a context round that ends in a refusal looks like any other start', async (t) => {
  const pool = scriptedUserPool({ begin: [marker()], answer: [{ outcome: 'refused' }] })
  const { session, token } = await startSignIn(testDeps(pool), { email })
  t.ok(token)
  t.type(SEALER.open(session).decoy, 'string')
})

t.test('nobody is tracked with the context where the triggers ask for it', async (t) => {
  const refused = { outcome: 'refused' } as const
  const rounds = {
    'before a user was seen': { begin: [refused], told: false },
    'after a context round': { begin: [marker(), refused], answer: [challengeFor()], told: true },
    'after a start without': { begin: [challengeFor(), refused], told: false },
  }
  for (const [when, { told, ...script }] of Object.entries(rounds)) {
    const deps = testDeps(scriptedUserPool(script))
    const input = { email, locale: 'en-NZ', ipAddress: '203.0.113.7' }
    for (const _start of script.begin) await startSignIn(deps, input)
    const context = {
      identifier: 'email',
      typed: addressDigest(CONTEXT_KEY, email),
      locale: 'en-NZ',
      ipAddress: '203.0.113.7',
    }
    t.strictSame(
      deps.decoys.map((decoy) => decoy.context),
      [told ? context : undefined],
      when,
    )
  }
})

t.test('a context round that ends otherwise is the fault of the triggers', async (t) => {
  const tokens = { accessToken: 'a', idToken: 'i', refreshToken: 'r', expiresIn: 1 }
  for (const outcome of [{ outcome: 'session_gone' }, { outcome: 'tokens', tokens }] as const) {
    const pool = scriptedUserPool({ begin: [marker()], answer: [outcome] })
    t.match(await failureOf(startSignIn(testDeps(pool), { email })), {
      code: 'upstream_error',
      upstream: { operation: 'RespondToAuthChallenge', reason: /context round/ },
    })
  }
})

t.test('other triggers: a known user is challenged without a hint', async (t) => {
  const pool = scriptedUserPool({ begin: [foreignChallengeFor(ADA)] })
  const { session } = await startSignIn(testDeps(pool), { email })
  t.strictSame(pool.names(), ['beginChallenge'])
  t.equal(SEALER.open(session).username, ADA)
})

t.test('other triggers: a name that looks made up is a new user, if it can be made', async (t) => {
  const pool = scriptedUserPool({
    begin: [foreignChallengeFor(NOBODY), foreignChallengeFor(ADA)],
    create: [{ outcome: 'created', username: email }],
  })
  const { session } = await startSignIn(testDeps(pool), { email })
  t.equal(SEALER.open(session).username, ADA)
})

t.test('other triggers: a real user whose name looks made up keeps the challenge', async (t) => {
  const pool = scriptedUserPool({
    begin: [foreignChallengeFor(NOBODY)],
    create: [{ outcome: 'exists', username: email }],
  })
  const { session } = await startSignIn(testDeps(pool), { email })
  t.strictSame(pool.names(), ['beginChallenge', 'createUser'])
  t.match(SEALER.open(session), { username: NOBODY, decoy: undefined })
})

t.test(
  'other triggers: a real user whose name looks made up passes the context round',
  async (t) => {
    const pool = scriptedUserPool({
      begin: [foreignChallengeFor(NOBODY, MARKER)],
      create: [{ outcome: 'exists', username: email }],
      answer: [foreignChallengeFor(NOBODY)],
    })
    const started = await startSignIn(testDeps(pool), { email })
    t.equal(started.token, 'a.real.token')
    t.strictSame(pool.names(), ['beginChallenge', 'createUser', 'answerChallenge'])
  },
)

t.test(
  'our triggers: a name that looks made up is believed to the hint, not the name',
  async (t) => {
    const pool = scriptedUserPool({ begin: [challengeFor(NOBODY)] })
    const { session } = await startSignIn(testDeps(pool), { email })
    t.match(SEALER.open(session), { username: NOBODY, decoy: undefined })
  },
)

t.test('a hint that anybody could have written is no hint', async (t) => {
  const hint = writeExistenceHint(Buffer.alloc(32, 99), true)
  const pool = scriptedUserPool({ begin: [challengeFor(NOBODY, { hint })] })
  const deps = testDeps(pool, { settings: { provisioning: 'none' } })
  t.type(SEALER.open((await startSignIn(deps, { email })).session).decoy, 'string')
})
