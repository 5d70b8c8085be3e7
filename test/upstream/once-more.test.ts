import t from 'tap'
import { onceMore } from '../../src/upstream/once-more.ts'

const lost = new Error('lost')

function failing(times: number) {
  let calls = 0
  return {
    calls: () => calls,
    work: async () => {
      calls++
      if (calls <= times) throw lost
      return 'the answer'
    },
  }
}

t.test('what works the first time is done once', async (t) => {
  const { work, calls } = failing(0)
  t.equal(await onceMore(work, () => true), 'the answer')
  t.equal(calls(), 1)
})

t.test('what may be repeated is, once', async (t) => {
  const once = failing(1)
  t.equal(await onceMore(once.work, (error) => error === lost), 'the answer')
  t.equal(once.calls(), 2)
  const always = failing(9)
  await t.rejects(
    onceMore(always.work, () => true),
    lost,
  )
  t.equal(always.calls(), 2)
})

t.test('what may not be repeated is not', async (t) => {
  const { work, calls } = failing(1)
  await t.rejects(
    onceMore(work, () => false),
    lost,
  )
  t.equal(calls(), 1)
})
