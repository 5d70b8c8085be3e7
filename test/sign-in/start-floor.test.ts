import t from 'tap'
import { ServiceError } from '../../src/errors.ts'
import { startSignIn } from '../../src/sign-in/start-sign-in.ts'
import { signInError } from '../support/expect-error.ts'
import { gate } from '../support/gate.ts'
import {
  NOW,
  scriptedUserPool,
  testDeps,
  userPoolThatKnows,
  userPoolWithNobody,
  type FakeUserPool,
} from '../support/sign-in.ts'

const email = 'ada@example.com'

/** A clock that the pool moves on by `ms` with each call to begin. */
function depsWithSlowPool(pool: FakeUserPool, ms: number) {
  let now = NOW
  const userPool: FakeUserPool = {
    ...pool,
    beginChallenge: (username, signal) => {
      now += ms
      return pool.beginChallenge(username, signal)
    },
  }
  const settings = { floorMs: 500, provisioning: 'none' } as const
  return testDeps(userPool, { settings, now: () => now })
}

t.test('waits for what is left of the floor', async (t) => {
  const deps = depsWithSlowPool(userPoolThatKnows(), 120)
  await startSignIn(deps, { email })
  t.strictSame(deps.slept, [380])
})

t.test('waits for nothing when it took longer than the floor', async (t) => {
  const deps = depsWithSlowPool(userPoolThatKnows(), 700)
  await startSignIn(deps, { email })
  t.strictSame(deps.slept, [0])
})

t.test('nobody and a failure wait as long as anybody', async (t) => {
  const nobody = depsWithSlowPool(userPoolWithNobody(), 120)
  await startSignIn(nobody, { email })
  t.strictSame(nobody.slept, [380])

  const failing = depsWithSlowPool(
    scriptedUserPool({ begin: [new ServiceError('upstream_error')] }),
    120,
  )
  await t.rejects(startSignIn(failing, { email }), signInError('upstream_error'))
  t.strictSame(failing.slept, [380])
})

t.test('nothing is answered before the floor has passed', async (t) => {
  const order: string[] = []
  const floor = gate()
  const deps = {
    ...depsWithSlowPool(userPoolThatKnows(), 120),
    sleep: () => {
      order.push('waits')
      return floor.opened
    },
  }
  const started = startSignIn(deps, { email }).then(() => order.push('answers'))
  await new Promise(setImmediate)
  order.push('floor')
  floor.open()
  await started
  t.strictSame(order, ['waits', 'floor', 'answers'])
})

t.test('a clock that is set back meanwhile does not make it wait for longer', async (t) => {
  const deps = depsWithSlowPool(userPoolThatKnows(), -3_600_000)
  await startSignIn(deps, { email })
  t.strictSame(deps.slept, [500])
})
