import t from 'tap'
import { singleFlight } from '../../src/tokens/single-flight.ts'

/** Calls that end when they are told to. */
function calls() {
  const made: { key: string; resolve: (value: string) => void; reject: (error: Error) => void }[] =
    []
  const call = (key: string) =>
    new Promise<string>((resolve, reject) => made.push({ key, resolve, reject }))
  return { made, call }
}

t.test('those who ask the same while a call is under way share it', async (t) => {
  const { made, call } = calls()
  const ask = singleFlight(call)
  const answers = [ask('a'), ask('a'), ask('b')]
  t.strictSame(
    made.map(({ key }) => key),
    ['a', 'b'],
  )
  made[0]!.resolve('for a')
  made[1]!.resolve('for b')
  t.strictSame(await Promise.all(answers), ['for a', 'for a', 'for b'])
})

t.test('an answer serves ten seconds longer, and no longer', async (t) => {
  let now = 0
  const { made, call } = calls()
  const ask = singleFlight(call, () => now)
  const first = ask('a')
  made[0]!.resolve('one')
  t.equal(await first, 'one')
  now = 9_999
  t.equal(await ask('a'), 'one')
  now = 10_000
  void ask('a')
  t.equal(made.length, 2)
})

t.test('a failure is told to those who shared it and kept for nobody', async (t) => {
  const { made, call } = calls()
  const ask = singleFlight(call)
  const both = [ask('a'), ask('a')].map((answer) => t.rejects(answer, { message: 'no' }))
  made[0]!.reject(new Error('no'))
  await Promise.all(both)
  const again = ask('a')
  made[1]!.resolve('yes')
  t.equal(await again, 'yes')
})
