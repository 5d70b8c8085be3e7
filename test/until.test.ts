import t from 'tap'
import { ServiceError } from '../src/errors.ts'
import { until } from '../src/until.ts'
import { signInError } from './support/expect-error.ts'
import { gate } from './support/gate.ts'

const late = () => new ServiceError('upstream_timeout')
const fail = async (): Promise<never> => {
  throw new Error('no')
}
const never = () => new Promise<string>(() => {})

t.test('what ends in time is answered, or fails, as it does', async (t) => {
  const { signal } = new AbortController()
  t.equal(await until(signal, async () => 'done', late), 'done')
  await t.rejects(until(signal, fail, late), { message: 'no' })
})

t.test('nobody waits beyond the signal', async (t) => {
  const controller = new AbortController()
  const waiting = until(controller.signal, never, late)
  controller.abort()
  await t.rejects(waiting, signInError('upstream_timeout'))
})

t.test('what fails after that disturbs nobody', async (t) => {
  const controller = new AbortController()
  const { opened, open } = gate()
  const waiting = until(controller.signal, () => opened.then(fail), late)
  controller.abort()
  await t.rejects(waiting, signInError('upstream_timeout'))
  open()
  await new Promise((resolve) => setImmediate(resolve))
})

t.test('nothing is begun when it is too late', async (t) => {
  let begun = 0
  const work = async () => (begun += 1)
  await t.rejects(until(AbortSignal.abort(), work, late), signInError('upstream_timeout'))
  t.equal(begun, 0)
})
