import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { currentRequest, endOfInterest, servingRequest } from '../src/request-context.ts'

t.test('work knows the request it is done for, and nothing else does', async (t) => {
  const requests = ['one', 'two'].map((id) => ({ id, signal: new AbortController().signal }))
  const seen = await Promise.all(
    requests.map((request) =>
      servingRequest(request, async () => {
        await sleep(1)
        return currentRequest()?.id
      }),
    ),
  )
  t.same(seen, ['one', 'two'])
  t.equal(currentRequest(), undefined)
})

t.test('interest ends when the client leaves', async (t) => {
  const client = new AbortController()
  const signal = servingRequest({ id: 'one', signal: client.signal }, () => endOfInterest(60_000))
  t.equal(signal.aborted, false)
  client.abort()
  t.equal(signal.aborted, true)
})

t.test('interest ends at the deadline, in a request and outside of one', async (t) => {
  const request = { id: 'one', signal: new AbortController().signal }
  for (const signal of [servingRequest(request, () => endOfInterest(5)), endOfInterest(5)]) {
    // The timer of a signal keeps no process alive, so something else has to.
    const held = setTimeout(() => {}, 60_000)
    if (!signal.aborted) await once(signal, 'abort')
    clearTimeout(held)
    t.equal(signal.reason.name, 'TimeoutError')
  }
})
