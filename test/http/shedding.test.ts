import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { UseCases } from '../../src/app.ts'
import { buildTestApp, STARTED, TOKENS } from '../support/build-app.ts'
import { gate } from '../support/gate.ts'

const START = { method: 'POST', url: '/start-sign-in', payload: { email: 'a@b.c' } } as const
const FINISH = {
  method: 'POST',
  url: '/finish-sign-in',
  payload: { session: 's', token: 'a.b.c' },
} as const
const REFRESH = { method: 'POST', url: '/refresh', payload: { refreshToken: 'r' } } as const

/** An app that is as busy as told. */
async function busy(
  t: Test,
  options: Partial<UseCases> & { delay?: () => number; mostRequests?: number; delayMs?: number },
) {
  const { delay = () => 0, mostRequests = 10, delayMs = 100, ...useCases } = options
  return buildTestApp(t, {
    ...useCases,
    shedding: { mostRequests, delayMs, delay: { recentMs: delay, close() {} } },
  })
}

t.test('the busier it is the fewer it serves: starts go first, refreshes last', async (t) => {
  let delay = 0
  const { app, calls } = await busy(t, { delay: () => delay })
  const served = async () =>
    Promise.all([START, FINISH, REFRESH].map(async (one) => (await app.inject(one)).statusCode))
  for (const [ms, statuses] of [
    [100, [200, 200, 200]],
    [101, [503, 200, 200]],
    [201, [503, 503, 200]],
    [401, [503, 503, 503]],
    [0, [200, 200, 200]],
  ] as const) {
    delay = ms
    t.strictSame(await served(), statuses, `${ms} ms late`)
  }
  t.equal(calls.length, 9, 'and no use case heard of the others')
})

t.test('a lateness of any length may be asked to be borne', async (t) => {
  const { app } = await busy(t, { delay: () => 60_000, delayMs: 0 })
  t.equal((await app.inject(START)).statusCode, 200)
})

t.test('whoever is turned away gets a problem that says when to come back', async (t) => {
  const { app } = await busy(t, { delay: () => 101 })
  const times = new Set<number>()
  for (let time = 0; time < 50; time++) {
    const answer = await app.inject({ ...START, payload: '{"not": "read' })
    t.equal(answer.statusCode, 503)
    t.match(answer.json(), { code: 'upstream_unavailable', retryAfter: Number })
    t.equal(answer.headers['retry-after'], String(answer.json().retryAfter))
    t.match(answer.headers['x-request-id'], /^[0-9a-f-]{36}$/)
    times.add(answer.json().retryAfter)
  }
  t.ok(times.size > 1, 'not the same for all')
})

t.test('so many requests at a time, and the last places are for refreshes', async (t) => {
  const { opened, open } = gate()
  const { app } = await busy(t, {
    startSignIn: () => opened.then(() => STARTED),
    finishSignIn: () => opened.then(() => TOKENS),
    refreshTokens: () => opened.then(() => TOKENS),
  })
  const waiting: Promise<{ statusCode: number }>[] = []
  const statuses: number[] = []
  for (const one of [START, FINISH, REFRESH]) {
    for (let time = 0; time < 10; time++) {
      const answer = app.inject(one)
      waiting.push(answer)
      const first = await Promise.race([answer, sleep(5)])
      if (first !== undefined) statuses.push(first.statusCode)
    }
  }
  t.strictSame(new Set(statuses), new Set([503]))
  open()
  const all = (await Promise.all(waiting)).map(({ statusCode }) => statusCode)
  for (const [index, served] of [7, 2, 1].entries()) {
    const of = all.slice(index * 10, index * 10 + 10)
    t.equal(of.filter((status) => status === 200).length, served)
  }
  t.equal((await app.inject(START)).statusCode, 200, 'and the places are free again')
})

t.test('half a request takes no place', async (t) => {
  const { app } = await busy(t, { mostRequests: 1 })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  for (let time = 0; time < 3; time++) {
    const socket = connect(port, '127.0.0.1')
    t.teardown(() => socket.destroy())
    const arrived = once(app.server, 'request')
    socket.write(
      'POST /refresh HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 60\r\n\r\n{',
    )
    await arrived
  }
  for (const one of [START, FINISH, REFRESH]) t.equal((await app.inject(one)).statusCode, 200)
})

t.test('halves that end together get no more places than there are', async (t) => {
  const { opened, open } = gate()
  const { app } = await busy(t, { mostRequests: 2, refreshTokens: () => opened.then(() => TOKENS) })
  // All are let in before the body of any of them has been read.
  let arrived = 0
  const { opened: allArrived, open: letRead } = gate()
  app.addHook('preParsing', async () => {
    arrived++
    if (arrived === 5) letRead()
    await allArrived
  })
  const answers = Array.from({ length: 5 }, () => app.inject(REFRESH))
  const statuses: number[] = []
  for (const answer of answers) void answer.then(({ statusCode }) => statuses.push(statusCode))
  while (statuses.length < 3) await sleep(5)
  open()
  await Promise.all(answers)
  t.strictSame(statuses, [503, 503, 503, 200, 200])
})

t.test('who leaves gives their place back', async (t) => {
  const { opened, open } = gate()
  t.teardown(open)
  const { app, calls } = await busy(t, {
    mostRequests: 1,
    startSignIn: () => opened.then(() => STARTED),
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const socket = connect(port, '127.0.0.1')
  const body = JSON.stringify(START.payload)
  socket.write(
    `POST /start-sign-in HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  )
  while (calls.length === 0) await sleep(5)
  t.equal((await app.inject(FINISH)).statusCode, 503)
  const closed = once(socket, 'close')
  socket.destroy()
  await closed
  while ((await app.inject(FINISH)).statusCode !== 200) await sleep(5)
})
