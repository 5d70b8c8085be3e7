import t from 'tap'
import { ServiceError } from '../../src/errors.ts'
import { finishSignIn } from '../../src/sign-in/finish-sign-in.ts'
import type { AnswerOutcome } from '../../src/sign-in/ports.ts'
import { failureOf, signInError } from '../support/expect-error.ts'
import { gate } from '../support/gate.ts'
import {
  ADA,
  challengeFor,
  NOW,
  scriptedUserPool,
  SEALER,
  testDeps,
  type FakeUserPool,
} from '../support/sign-in.ts'

const token = 'a.validation.token'
const attempt = {
  cognitoSession: 'cognito-session',
  username: ADA,
  context: { identifier: 'email' },
  refused: 0,
  startedAt: NOW,
  issued: 'digest-of-token',
} as const
const LATER = NOW + 60_000
const OURS = SEALER.seal(attempt, LATER)
const NOBODYS = SEALER.seal({ ...attempt, username: 'ada@example.com', decoy: 'key-1' }, LATER)
const TOKENS = { accessToken: 'at', idToken: 'it', refreshToken: 'rt', expiresIn: 3600 }

/** A clock that the pool moves on by `ms` with each answer. */
function depsThatAnswer(answer: AnswerOutcome | Error, ms = 120) {
  let now = NOW
  const pool = scriptedUserPool({ answer: [answer] })
  const userPool: FakeUserPool = {
    ...pool,
    answerChallenge: (input, signal) => {
      now += ms
      return pool.answerChallenge(input, signal)
    },
  }
  return testDeps(userPool, { settings: { floorMs: 500 }, now: () => now })
}

const REFUSALS: Record<string, [AnswerOutcome, string]> = {
  'a wrong proof with another try': [challengeFor(), 'challenge_failed'],
  'a wrong proof without': [{ outcome: 'refused' }, 'challenge_failed'],
  'a session that is spent': [{ outcome: 'session_gone' }, 'session_expired'],
}

for (const [what, [outcome, code]] of Object.entries(REFUSALS)) {
  t.test(`waits for what is left of the floor: ${what}`, async (t) => {
    for (const [ms, left] of [
      [120, 380],
      [700, 0],
    ] as const) {
      const deps = depsThatAnswer(outcome, ms)
      t.equal((await failureOf(finishSignIn(deps, { session: OURS, token }))).code, code)
      t.strictSame(deps.slept, [left])
    }
  })
}

t.test('nobody waits for all of it, at each refusal and at a spent session', async (t) => {
  const deps = testDeps(scriptedUserPool({}), { settings: { floorMs: 500 } })
  let session = NOBODYS
  for (const waits of [1, 2, 3]) {
    const error = await failureOf(finishSignIn(deps, { session, token }))
    t.equal(error.code, 'challenge_failed')
    t.strictSame(deps.slept, Array(waits).fill(500))
    session = error.retry?.session ?? session
  }
  await t.rejects(finishSignIn(deps, { session, token }), signInError('session_expired'))
  t.strictSame(deps.slept, Array(4).fill(500))
})

t.test('what it takes to make a decoy counts towards the floor', async (t) => {
  let now = NOW
  const deps = testDeps(scriptedUserPool({}), {
    settings: { floorMs: 500 },
    now: () => now,
    makeDecoy: async () => {
      now += 200
      return { token: 'a.b.c' }
    },
  })
  await t.rejects(finishSignIn(deps, { session: NOBODYS, token }), signInError('challenge_failed'))
  t.strictSame(deps.slept, [300])
})

t.test('tokens are not kept waiting', async (t) => {
  const deps = depsThatAnswer({ outcome: 'tokens', tokens: TOKENS })
  t.strictSame(await finishSignIn(deps, { session: OURS, token }), TOKENS)
  t.strictSame(deps.slept, [])
})

t.test('a session that is over or not ours is not kept waiting', async (t) => {
  for (const session of ['', 'garbage', `${OURS}A`, SEALER.seal(attempt, NOW)]) {
    const deps = depsThatAnswer({ outcome: 'refused' })
    await t.rejects(finishSignIn(deps, { session, token }), signInError('session_expired'))
    t.strictSame(deps.slept, [])
  }
})

t.test('a failure of the pool is not kept waiting', async (t) => {
  for (const code of ['upstream_error', 'upstream_timeout', 'upstream_unavailable'] as const) {
    const deps = depsThatAnswer(new ServiceError(code))
    await t.rejects(finishSignIn(deps, { session: OURS, token }), signInError(code))
    t.strictSame(deps.slept, [])
  }
})

t.test('no refusal is answered before the floor has passed', async (t) => {
  for (const session of [OURS, NOBODYS]) {
    const order: string[] = []
    const floor = gate()
    const deps = {
      ...depsThatAnswer({ outcome: 'refused' }),
      sleep: () => {
        order.push('waits')
        return floor.opened
      },
    }
    const finished = failureOf(finishSignIn(deps, { session, token })).then(() =>
      order.push('answers'),
    )
    await new Promise(setImmediate)
    order.push('floor')
    floor.open()
    await finished
    t.strictSame(order, ['waits', 'floor', 'answers'])
  }
})
