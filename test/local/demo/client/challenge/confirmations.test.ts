import t from 'tap'
import type { Answer } from '../../../../../local/demo/client/api/call.ts'
import {
  Confirmations,
  type Task,
  type TaskState,
} from '../../../../../local/demo/client/challenge/confirmations.ts'
import { later, ok, refusal, scriptedFactors, settled } from '../support.ts'

interface Script {
  start?: Awaited<ReturnType<Task['start']>>[]
  finish?: Answer<unknown>[]
}

function newConfirmations({ start = [], finish = [] }: Script = {}) {
  const { factors, calls } = scriptedFactors()
  const states: (TaskState | undefined)[] = []
  const clock = { now: 0 }
  const confirmations = new Confirmations({
    factors,
    now: () => clock.now,
    render: (state) => void states.push(state),
  })
  const task: Task = {
    title: { key: 'stepUp.title' },
    lead: { key: 'stepUp.lead' },
    methods: ['email', 'popup'],
    address: 'a***@example.com',
    async start() {
      calls.push('start')
      return start.shift() ?? ok({ token: 't1', url: 'u1' })
    },
    async finish(token) {
      calls.push(`finish ${token}`)
      return finish.shift() ?? ok(true)
    },
  }
  const last = () => states.at(-1)
  return { confirmations, task, calls, states, last, clock }
}

t.test('has something confirmed', async (t) => {
  const { confirmations, task, calls, states, last } = newConfirmations()
  const confirmed = confirmations.take(task)
  await settled()
  t.match(states[0], { title: task.title, challenge: undefined }, 'open from the first moment')
  t.match(last(), { challenge: { method: 'email', address: 'a***@example.com' } })
  await confirmations.challenge?.verify('123456')
  t.equal(await confirmed, true)
  t.equal(last(), undefined, 'and closed after the last')
  t.strictSame(calls.slice(0, 4), [
    'start',
    'send email t1',
    'check email t1 123456',
    'finish proof',
  ])
})

t.test('needs no confirmation where none is asked for', async (t) => {
  const { confirmations, task, last } = newConfirmations({ start: [ok(undefined)] })
  t.equal(await confirmations.take(task), true)
  t.equal(last(), undefined)
})

t.test('says why it could not begin, and begins again when asked', async (t) => {
  const { confirmations, task, last } = newConfirmations({ start: [refusal('sign_in_blocked')] })
  const confirmed = confirmations.take(task)
  await settled()
  t.match(last(), { title: task.title, failed: { key: 'error.blocked' } })
  await confirmations.restart()
  await confirmations.challenge?.verify('123456')
  t.equal(await confirmed, true)
})

t.test('a refused proof is the end of the attempt, not of the task', async (t) => {
  const { confirmations, task, last, calls } = newConfirmations({
    finish: [refusal('challenge_failed', { reason: 'refused' })],
  })
  const confirmed = confirmations.take(task)
  await settled()
  await confirmations.challenge?.verify('123456')
  t.match(last(), { failed: { key: 'error.challengeFailed' } })
  t.equal(confirmations.challenge, undefined)
  await confirmations.restart()
  await confirmations.challenge?.verify('123456')
  t.equal(await confirmed, true)
  t.equal(calls.filter((call) => call === 'start').length, 2)
})

t.test('a page left half-way can be gone on with under the same attempt', async (t) => {
  const { confirmations, task, last } = newConfirmations({
    finish: [refusal('challenge_failed', { reason: 'unfinished' })],
  })
  const confirmed = confirmations.take(task)
  await settled()
  await confirmations.challenge?.choose('popup')
  t.match(last(), { challenge: { notice: { key: 'notice.unfinished' } } })
  await confirmations.challenge?.choose('popup')
  t.equal(await confirmed, true)
})

t.test('a proof that could not be delivered is kept', async (t) => {
  const { confirmations, task, last } = newConfirmations({ finish: [refusal('no_connection')] })
  const confirmed = confirmations.take(task)
  await settled()
  await confirmations.challenge?.verify('123456')
  t.match(last(), { challenge: { canRepeat: true } })
  await confirmations.challenge?.repeat()
  t.equal(await confirmed, true)
})

t.test('the person may think better of it, at any time', async (t) => {
  const { confirmations, task, last } = newConfirmations()
  const confirmed = confirmations.take(task)
  await settled()
  confirmations.cancel()
  t.equal(await confirmed, false)
  t.equal(last(), undefined)

  const slow = later<Awaited<ReturnType<Task['start']>>>()
  const waiting = confirmations.take({ ...task, start: () => slow.promise })
  confirmations.cancel()
  t.equal(await waiting, false)
  slow.settle(ok({ token: 'late' }))
  await settled()
  t.equal(last(), undefined, 'what begins too late is not shown')
  t.equal(confirmations.challenge, undefined)
})

t.test('a second task takes the place of the first', async (t) => {
  const { confirmations, task } = newConfirmations()
  const first = confirmations.take(task)
  const second = confirmations.take(task)
  t.equal(await first, false)
  await settled()
  await confirmations.challenge?.verify('123456')
  t.equal(await second, true)
})

t.test('says that time is up', async (t) => {
  const { confirmations, task, last, clock } = newConfirmations()
  void confirmations.take(task)
  await settled()
  clock.now = 10 * 60_000
  confirmations.tick()
  t.match(last(), { failed: { key: 'error.expired' } })
})
