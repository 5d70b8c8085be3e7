import { createServer } from 'node:http'
import { once } from 'node:events'
import t, { type Test } from 'tap'
import { arrivals } from '../../bench/arrivals.ts'
import { drive } from '../../bench/load.ts'

/** @param statusOf of the nth request, from 0 */
async function serving(t: Test, statusOf: (nth: number) => number): Promise<string> {
  let requests = 0
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(statusOf(requests), { 'content-type': 'application/json' })
    response.end(JSON.stringify({ session: 'session', token: 'token' }))
    requests += 1
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return `http://127.0.0.1:${Object(server.address()).port}`
}

const senderTo = (t: Test, url: string) => {
  const sent = arrivals(url)
  t.teardown(() => sent.close())
  return sent
}

t.test('sign-ins that come at a rate are all served, and timed', async (t) => {
  const sent = senderTo(t, await serving(t, () => 200))
  const { signIns, refused, p50, p99 } = await sent.latencies(100, 1)
  t.strictSame({ signIns, refused }, { signIns: 200, refused: 0 })
  t.ok(p50 > 0 && p99 >= p50 && p99 < Infinity)
})

t.test('what is refused counts as never answered, not as quickly answered', async (t) => {
  const sent = senderTo(t, await serving(t, (nth) => (nth % 10 === 3 ? 503 : 200)))
  const { p50, p99, refused } = await sent.latencies(100, 1)
  t.ok(refused > 20, `${refused} were refused`)
  t.ok(p50 < Infinity)
  t.equal(p99, Infinity)
})

t.test('what is answered otherwise is no measurement', async (t) => {
  const sent = senderTo(t, await serving(t, () => 401))
  await t.rejects(sent.latencies(10, 1), { message: /start-sign-in was answered 401/ })
})

t.test('at saturation few may be refused', async (t) => {
  const few = await drive({
    url: await serving(t, (nth) => (nth % 200 === 3 ? 503 : 200)),
    connections: 2,
    signIns: 200,
  })
  t.strictSame([few.signIns, few.refused], [199, 2])
  const many = drive({
    url: await serving(t, (nth) => (nth % 50 === 3 ? 503 : 200)),
    connections: 2,
    signIns: 200,
  })
  await t.rejects(many, { message: /^8 requests were not answered with 200, 392 were$/ })
})
