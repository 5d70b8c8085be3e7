import { once } from 'node:events'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t, { type Test } from 'tap'
import { currentRequest, endOfInterest } from '../../src/request-context.ts'
import { buildTestApp, STARTED } from '../support/build-app.ts'
import { gate } from '../support/gate.ts'

const LONG = 60_000

/** A service whose start waits, and a client that has asked for one. */
async function startUnderWay(t: Test, deadlineMs = LONG) {
  const asked = gate()
  const answered = gate()
  let signal: AbortSignal | undefined
  const { app } = await buildTestApp(t, {
    startSignIn: async () => {
      signal = endOfInterest(deadlineMs)
      asked.open()
      await answered.opened
      return STARTED
    },
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  const body = JSON.stringify({ email: 'ada@example.com' })
  socket.write(
    `POST /start-sign-in HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n` +
      `content-length: ${body.length}\r\n\r\n${body}`,
  )
  t.teardown(() => socket.destroy())
  await asked.opened
  return { socket, signal: signal!, answer: answered.open }
}

t.test('work goes on while the client waits, and after it was answered', async (t) => {
  const { socket, signal, answer } = await startUnderWay(t)
  t.equal(signal.aborted, false, 'the end of the body is not the end of the client')
  answer()
  const [chunk] = await once(socket, 'data')
  t.match(String(chunk), /^HTTP\/1.1 200/)
  socket.end()
  await once(socket, 'close')
  t.equal(signal.aborted, false)
})

t.test('work ends when the client hangs up before its answer', async (t) => {
  const { socket, signal, answer } = await startUnderWay(t)
  socket.destroy()
  if (!signal.aborted) await once(signal, 'abort')
  t.equal(signal.aborted, true)
  answer()
})

t.test('work ends when its time is up, though the client waits on', async (t) => {
  const { socket, signal, answer } = await startUnderWay(t, 1)
  if (!signal.aborted) await once(signal, 'abort')
  t.match(signal.reason, { name: 'TimeoutError' })
  answer()
  const [chunk] = await once(socket, 'data')
  t.match(String(chunk), /^HTTP\/1.1 200/)
})

for (const [how, end] of Object.entries({
  'was answered': (socket: Socket, answer: () => void) => {
    answer()
    socket.once('data', () => socket.end())
  },
  'has left': (socket: Socket, answer: () => void) => {
    socket.destroy()
    answer()
  },
})) {
  t.test(
    `nothing waits for the deadline of a request whose client ${how}`,
    { timeout: 20_000 },
    async (t) => {
      const set = t.capture(globalThis, 'setTimeout', globalThis.setTimeout)
      const cleared = t.capture(globalThis, 'clearTimeout', globalThis.clearTimeout)
      // Of nothing else: the server and its client have timers too.
      const deadlineMs = LONG + 1
      const { socket, answer } = await startUnderWay(t, deadlineMs)
      const deadlines = set().flatMap((call) =>
        call.args[1] === deadlineMs && 'returned' in call ? [call.returned] : [],
      )
      t.equal(deadlines.length, 1)
      end(socket, answer)
      const timers: unknown[] = []
      while (!timers.includes(deadlines[0])) {
        await new Promise((resolve) => setImmediate(resolve))
        timers.push(...cleared().map(({ args: [timer] }) => timer))
      }
    },
  )
}

t.test('what outlives a request, as a connection does, keeps no reply alive', async (t) => {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  let outliving: unknown
  let reply: WeakRef<object> | undefined
  const { app } = await buildTestApp(t, {
    startSignIn: async () => {
      outliving = currentRequest()
      return STARTED
    },
  })
  app.addHook('preHandler', (_request, given, done) => {
    reply = new WeakRef(given)
    done()
  })
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  const { status } = await fetch(`${address}/start-sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify({ email: 'ada@example.com' }),
  })
  t.equal(status, 200)
  for (let turn = 0; turn < 50 && reply?.deref() !== undefined; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve))
    collect()
  }
  t.ok(outliving)
  t.equal(reply?.deref(), undefined)
})

t.test('work that begins when its request is over ends at once', async (t) => {
  let later: (() => AbortSignal) | undefined
  const { app } = await buildTestApp(t, {
    startSignIn: async () => {
      const request = currentRequest()
      later = () => request!.endWithin!(LONG)
      return STARTED
    },
  })
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  await fetch(`${address}/start-sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify({ email: 'ada@example.com' }),
  })
  await app.close()
  t.equal(later!().aborted, true)
})
