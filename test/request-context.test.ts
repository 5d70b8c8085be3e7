import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import {
  currentRequest,
  endOfInterest,
  note,
  outlivingClient,
  servingRequest,
  type RequestContext,
} from '../src/request-context.ts'

function requestOf(id: string): RequestContext {
  return { id, priority: 'start', signal: new AbortController().signal }
}

t.test('work knows the request it is done for, and nothing else does', async (t) => {
  const requests = ['one', 'two'].map(requestOf)
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
  const signal = servingRequest({ ...requestOf('one'), signal: client.signal }, () =>
    endOfInterest(60_000),
  )
  t.equal(signal.aborted, false)
  client.abort()
  t.equal(signal.aborted, true)
})

t.test('work that others wait for outlives its client, and what it learns is known', async (t) => {
  const client = new AbortController()
  const request: RequestContext = {
    ...requestOf('one'),
    signal: client.signal,
    facts: { username: 'ada' },
  }
  const ids = await servingRequest(request, () =>
    outlivingClient(async () => {
      client.abort()
      t.equal(endOfInterest(60_000).aborted, false)
      note({ startedAt: 7 })
      return [currentRequest()?.id, currentRequest()?.facts?.username]
    }),
  )
  t.strictSame(ids, ['one', 'ada'])
  t.strictSame(request.facts, { username: 'ada', startedAt: 7 })
  t.equal(await outlivingClient(async () => currentRequest()), undefined)
})

t.test('interest ends at the deadline, in a request and outside of one', async (t) => {
  const request = requestOf('one')
  for (const signal of [servingRequest(request, () => endOfInterest(5)), endOfInterest(5)]) {
    // The timer of a signal keeps no process alive, so something else has to.
    const held = setTimeout(() => {}, 60_000)
    if (!signal.aborted) await once(signal, 'abort')
    clearTimeout(held)
    t.equal(signal.reason.name, 'TimeoutError')
  }
})
