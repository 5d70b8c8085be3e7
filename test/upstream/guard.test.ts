import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import type { Priority } from '../../src/priority.ts'
import { servingRequest } from '../../src/request-context.ts'
import { upstreamGuard, type GuardOptions } from '../../src/upstream/guard.ts'
import type { BreakerState, ThrownOutcome, UpstreamCall } from '../../src/upstream/ports.ts'
import { failureOf, signInError } from '../support/expect-error.ts'
import { gate } from '../support/gate.ts'

/** Thrown by a call, and says how it ended. */
class Ended extends Error {
  readonly outcome: ThrownOutcome
  constructor(outcome: ThrownOutcome) {
    super(outcome)
    this.outcome = outcome
  }
}

/** A guard on a clock that is moved by hand, and what its observer was told. */
function guardOf(options: Partial<GuardOptions> = {}) {
  let time = 0
  const calls: UpstreamCall[] = []
  const states: BreakerState[] = []
  const guard = upstreamGuard({
    service: 'cognito',
    capacity: 10,
    outcomeOf: (error) => (error instanceof Ended ? error.outcome : 'failed'),
    observer: {
      onCall: (call) => void calls.push(call),
      onBreaker: (_service, state) => void states.push(state),
    },
    now: () => time,
    random: () => 0,
    ...options,
  })
  const end = (outcome: ThrownOutcome, operation = 'GetUser') =>
    guard.call(operation, () => Promise.reject(new Ended(outcome)))
  return {
    guard,
    calls,
    states,
    outcomes: () => calls.splice(0).map(({ outcome }) => outcome),
    pass: (ms: number) => void (time += ms),
    end,
    failTimes: async (count: number, outcome: ThrownOutcome = 'failed', operation = 'GetUser') => {
      for (let time = 0; time < count; time++) await t.rejects(end(outcome, operation))
    },
  }
}

function as<Answer>(priority: Priority, work: () => Promise<Answer>): Promise<Answer> {
  return servingRequest({ id: 'r', priority, signal: new AbortController().signal }, work)
}

t.test('a call passes its answer or error on, and is told of once', async (t) => {
  const { guard, calls, end, pass } = guardOf()
  t.equal(await guard.call('InitiateAuth', async () => 'the answer'), 'the answer')
  const error = new Ended('refused')
  await t.rejects(
    guard.call('GetUser', () => Promise.reject(error)),
    error,
  )
  await t.rejects(end('throttled', 'ListUsers'))
  t.match(calls, [
    { service: 'cognito', operation: 'InitiateAuth', outcome: 'ok' },
    { service: 'cognito', operation: 'GetUser', outcome: 'refused' },
    { service: 'cognito', operation: 'ListUsers', outcome: 'throttled' },
  ])
  await guard.call('GetUser', async () => pass(1_500))
  t.equal(calls.at(-1)?.seconds, 1.5)
})

t.test('starts are turned away first, refreshes last, and nobody waits', async (t) => {
  const { guard, outcomes } = guardOf()
  const { opened, open } = gate()
  const running: Promise<unknown>[] = []
  const admitted: string[] = []
  for (const priority of ['start', 'finish', 'refresh'] as const) {
    for (let time = 0; time < 10; time++) {
      const call = as(priority, () => guard.call('GetUser', () => opened))
      const refused = await Promise.race([call.catch((error: unknown) => error), turn('running')])
      if (refused === 'running') {
        running.push(call)
        admitted.push(priority)
      } else {
        t.match(refused, { code: 'upstream_unavailable', retryAfter: 1 })
        t.match(refused, { upstream: { service: 'cognito', reason: 'no capacity' } })
      }
    }
  }
  t.strictSame(admitted, [
    ...Array.from({ length: 7 }, () => 'start'),
    ...Array.from({ length: 2 }, () => 'finish'),
    'refresh',
  ])
  t.match(guard.reading(), { running: 10, capacity: 10 })
  t.equal(outcomes().filter((outcome) => outcome === 'full').length, 20)
  open()
  await Promise.all(running)
  t.equal(guard.reading().running, 0)
  await as('start', () => guard.call('GetUser', async () => {}))
})

t.test('a place is given back however the call ends', async (t) => {
  const { guard, end } = guardOf({ capacity: 1 })
  for (const outcome of ['failed', 'timeout', 'refused', 'throttled', 'cancelled'] as const) {
    await t.rejects(end(outcome), { message: outcome })
    await t.rejects(
      guard.call('GetUser', () => {
        throw new Ended(outcome)
      }),
      { message: outcome },
      'thrown at once',
    )
  }
  t.equal(guard.reading().running, 0)
})

t.test('the smallest capacity serves everybody, one at a time', async (t) => {
  const { guard } = guardOf({ capacity: 1 })
  for (const priority of ['start', 'finish', 'refresh'] as const) {
    t.equal(await as(priority, () => guard.call('GetUser', async () => 'yes')), 'yes')
  }
})

t.test('failures and time-outs open the breaker, which then spares the upstream', async (t) => {
  for (const outcome of ['failed', 'timeout'] as const) {
    const { guard, states, outcomes, failTimes, pass } = guardOf()
    await failTimes(10, outcome)
    outcomes()
    let calls = 0
    const refused = guard.call('GetUser', async () => calls++)
    await t.rejects(
      refused,
      signInError('upstream_unavailable', {
        retryAfter: 2,
        upstream: { service: 'cognito', operation: 'GetUser', reason: 'breaker open' },
      }),
    )
    t.equal(calls, 0)
    t.strictSame(outcomes(), ['broken'])
    pass(2_000)
    await guard.call('GetUser', async () => calls++)
    t.equal(calls, 1)
    t.strictSame(states, ['open', 'half-open', 'closed'])
  }
})

t.test('an upstream that says no, throttles, or is left is not down', async (t) => {
  const { guard, failTimes } = guardOf()
  for (const outcome of ['refused', 'throttled', 'cancelled'] as const) await failTimes(50, outcome)
  t.equal(guard.reading().breaker, 'closed')
})

t.test('clients that leave after long show as much as a deadline', async (t) => {
  for (const [ms, breaker] of [
    [4_999, 'closed'],
    [5_000, 'open'],
  ] as const) {
    const { guard, pass } = guardOf()
    for (let time = 0; time < 10; time++) {
      const left = guard.call('GetUser', async () => {
        pass(ms)
        throw new Ended('cancelled')
      })
      await t.rejects(left)
    }
    t.equal(guard.reading().breaker, breaker)
  }
})

t.test('who is sent away is not told all the same time', async (t) => {
  const times = new Set<number | undefined>()
  for (const random of [0, 0.4, 0.9]) {
    const { guard, failTimes } = guardOf({ random: () => random })
    await failTimes(10)
    const { retryAfter } = await failureOf(guard.call('GetUser', async () => {}))
    times.add(retryAfter)
  }
  t.strictSame([...times], [2, 4, 5])
})

t.test('operations apart have a breaker of their own', async (t) => {
  const { guard, states, failTimes, pass } = guardOf({ apart: new Set(['InitiateAuth']) })
  await failTimes(10, 'timeout', 'InitiateAuth')
  await t.rejects(
    guard.call('InitiateAuth', async () => {}),
    signInError('upstream_unavailable'),
  )
  t.equal(await guard.call('GetTokensFromRefreshToken', async () => 'tokens'), 'tokens')
  t.equal(guard.reading().breaker, 'open', 'the worst of both is told')
  await failTimes(10, 'failed', 'GetUser')
  t.strictSame(states, ['open'], 'and told once')
  pass(3_000)
  await guard.call('InitiateAuth', async () => {})
  await guard.call('GetUser', async () => {})
  t.equal(states.at(-1), 'closed')
})

t.test('it knows whether the upstream has ever answered', async (t) => {
  const { guard, failTimes } = guardOf()
  t.equal(guard.reading().hasAnswered, false)
  await failTimes(1, 'timeout')
  await failTimes(1, 'cancelled')
  t.equal(guard.reading().hasAnswered, false)
  await failTimes(1, 'refused')
  t.equal(guard.reading().hasAnswered, true)
})

t.test('it can be asked whether it would make a call, without one', async (t) => {
  const { guard, failTimes, outcomes, pass } = guardOf({ apart: new Set(['SignUp']) })
  guard.check('GetUser')
  await failTimes(10)
  outcomes()
  t.throws(
    () => guard.check('GetUser'),
    signInError('upstream_unavailable', {
      retryAfter: 2,
      upstream: { operation: 'GetUser', reason: 'breaker open' },
    }),
  )
  t.strictSame(outcomes(), ['broken'])
  guard.check('SignUp')
  pass(2_000)
  t.throws(() => guard.check('GetUser'), signInError('upstream_unavailable', { retryAfter: 1 }))
  await guard.call('GetUser', async () => 'answer')
  guard.check('GetUser')
})

t.test('asked for a call for which there is no place, it says so', async (t) => {
  const { guard } = guardOf({ capacity: 1 })
  const { opened, open } = gate()
  const call = guard.call('GetUser', () => opened)
  t.throws(
    () => guard.check('GetUser'),
    signInError('upstream_unavailable', { upstream: { reason: 'no capacity' } }),
  )
  open()
  await call
  guard.check('GetUser')
})

/** Calls of one client that do not end before the gate is opened. */
function hold(
  guard: ReturnType<typeof guardOf>['guard'],
  count: number,
  ip: string,
  until: Promise<void>,
) {
  const calls = Array.from({ length: count }, () =>
    from(ip, () => guard.call('GetTokensFromRefreshToken', () => until)),
  )
  return Promise.allSettled(calls)
}

function from<Answer>(ip: string, work: () => Promise<Answer>): Promise<Answer> {
  const signal = new AbortController().signal
  return servingRequest({ id: 'r', priority: 'refresh', signal, ip }, work)
}

t.test('one address holds a share of the places once many are taken', async (t) => {
  const { guard } = guardOf({ capacity: 40, sharesByAddress: true })
  const { opened, open } = gate()
  const held = [
    hold(guard, 100, '203.0.113.7', opened),
    hold(guard, 100, '198.51.100.1', opened),
    // One network of IPv6.
    hold(guard, 50, '2001:db8:1:1::1', opened),
    hold(guard, 50, '2001:db8:1:2::1', opened),
  ]
  t.equal(guard.reading().running, 10 + 4 + 4)
  t.equal(await as('start', () => guard.call('GetUser', async () => 'served')), 'served')
  await t.rejects(
    from('203.0.113.7', () => guard.call('GetUser', async () => 'served')),
    signInError('upstream_unavailable'),
  )
  open()
  await Promise.all(held)
  t.equal(guard.reading().running, 0)
  const again = hold(guard, 100, '203.0.113.7', turn())
  t.equal(guard.reading().running, 10, 'and gives them back')
  await again
})

t.test('where all clients have one address it has all places', async (t) => {
  const { guard } = guardOf({ capacity: 40 })
  const held = hold(guard, 100, '203.0.113.7', turn())
  t.equal(guard.reading().running, 40)
  await held
})
