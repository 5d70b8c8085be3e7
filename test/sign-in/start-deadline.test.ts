import t from 'tap'
import { startSignIn } from '../../src/sign-in/start-sign-in.ts'
import {
  ADA,
  challengeFor,
  challengeForNobody,
  foreignChallengeFor,
  scriptedUserPool,
  testDeps,
  userPoolThatKnows,
} from '../support/sign-in.ts'

const email = 'ada@example.com'

t.test('all calls of one start share one deadline', async (t) => {
  const pool = scriptedUserPool({
    begin: [
      challengeForNobody(),
      challengeForNobody(),
      foreignChallengeFor(ADA, { challenge: 'PROVIDE_AUTH_PARAMETERS' }),
    ],
    create: [{ outcome: 'created', username: email }],
    answer: [challengeFor()],
  })
  await startSignIn(testDeps(pool), { email })
  t.strictSame(pool.names(), [
    'beginChallenge',
    'createUser',
    'beginChallenge',
    'beginChallenge',
    'answerChallenge',
  ])
  const [signal] = pool.signals
  t.ok(signal instanceof AbortSignal)
  t.ok(pool.signals.every((other) => other === signal))
})

t.test('the deadline is the configured one, and each request has its own', async (t) => {
  const asked: number[] = []
  t.capture(AbortSignal, 'timeout', (ms: number) => {
    asked.push(ms)
    return new AbortController().signal
  })
  const pools = [userPoolThatKnows(), userPoolThatKnows()]
  for (const pool of pools) {
    await startSignIn(testDeps(pool, { settings: { upstreamTimeoutMs: 1234 } }), { email })
  }
  t.strictSame(asked, [1234, 1234])
  t.not(pools[0]?.signals[0], pools[1]?.signals[0])
})
