import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { endOfInterest } from '../../src/request-context.ts'
import { buildTestApp, STARTED } from '../support/build-app.ts'
import { gate } from '../support/gate.ts'

const LONG = 60_000

/** A service whose start waits, and a client that has asked for one. */
async function startUnderWay(t: Test) {
  const asked = gate()
  const answered = gate()
  let signal: AbortSignal | undefined
  const { app } = await buildTestApp(t, {
    startSignIn: async () => {
      signal = endOfInterest(LONG)
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
