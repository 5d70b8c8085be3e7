import t from 'tap'
import { singleFlight } from '../../src/shared-state/single-flight.ts'

/** Calls that end when they are told to. */
function calls() {
  const made: { resolve: (value: string) => void; reject: (error: Error) => void }[] = []
  const call = () => new Promise<string>((resolve, reject) => made.push({ resolve, reject }))
  return { made, call }
}

t.test('those who ask the same while a call is under way share it', async (t) => {
  const { made, call } = calls()
  const share = singleFlight<string>()
  const answers = [share('a', call), share('a', call), share('b', call)]
  t.equal(made.length, 2)
  made[0]!.resolve('for a')
  made[1]!.resolve('for b')
  t.strictSame(await Promise.all(answers), ['for a', 'for a', 'for b'])
})

t.test('whoever asks afterwards makes a call of their own', async (t) => {
  const { made, call } = calls()
  const share = singleFlight<string>()
  const first = share('a', call)
  made[0]!.resolve('one')
  t.equal(await first, 'one')
  const second = share('a', call)
  made[1]!.resolve('two')
  t.equal(await second, 'two')
})

t.test('a failure is told to those who shared it and kept for nobody', async (t) => {
  const { made, call } = calls()
  const share = singleFlight<string>()
  const both = [share('a', call), share('a', call)].map((answer) =>
    t.rejects(answer, { message: 'no' }),
  )
  made[0]!.reject(new Error('no'))
  await Promise.all(both)
  const again = share('a', call)
  made[1]!.resolve('yes')
  t.equal(await again, 'yes')
})
