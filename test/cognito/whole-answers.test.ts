import { getEventListeners, once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { wholeAnswers } from '../../src/cognito/whole-answers.ts'
import { gate } from '../support/gate.ts'

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n'
const whole = (body: string) => `${HEAD}content-length: ${body.length}\r\n\r\n${body}`

/** A server that speaks by itself once a request is there, and all that one client asks of it. */
async function before(t: Test, speak: (socket: Socket, count: number) => void) {
  const asked = gate()
  let count = 0
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      if (!String(chunk).startsWith('POST ')) return
      count += 1
      asked.open()
      speak(socket, count)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = wholeAnswers({ connections: 1 })
  t.teardown(async () => {
    await client.destroy()
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const ask = (signal?: AbortSignal) =>
    client.request({
      origin,
      path: '/',
      method: 'POST',
      body: '{}',
      ...(signal === undefined ? {} : { signal }),
    })
  return { ask, sockets, asked: asked.opened, count: () => count }
}

/** Also when it ends with an error. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) resolve()
    else socket.once('close', () => resolve())
  })
}

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length

t.test('an answer that comes in pieces is there as a whole', async (t) => {
  const { ask } = await before(t, (socket) => {
    const text = whole('{"a":"b"}')
    const pieces = [text.slice(0, 20), text.slice(20, -4), text.slice(-4, -1), text.slice(-1)]
    const next = () => {
      const piece = pieces.shift()
      if (piece !== undefined) socket.write(piece, () => setImmediate(next))
    }
    next()
  })
  const { statusCode, headers, body } = await ask()
  t.equal(statusCode, 200)
  t.equal(headers['content-type'], 'application/json')
  t.equal(String(body), '{"a":"b"}')
})

t.test('what comes in chunks, or with nothing in it, is as good', async (t) => {
  const chunked = `${HEAD}transfer-encoding: chunked\r\n\r\n2\r\n{"\r\n5\r\na":1}\r\n0\r\n\r\n`
  const { ask } = await before(t, (socket, count) => {
    socket.write(count === 1 ? chunked : whole(''))
  })
  t.equal(String((await ask()).body), '{"a":1}')
  t.equal(String((await ask()).body), '')
})

t.test('the signal keeps nothing of a call that is over', async (t) => {
  const { signal } = new AbortController()
  const { ask, sockets } = await before(t, (socket, count) => {
    if (count < 3) socket.write(whole('{}'))
    else socket.resetAndDestroy()
  })
  await ask(signal)
  await ask(signal)
  t.equal(sockets.length, 1, 'and the connection is kept')
  t.equal(listeners(signal), 0)
  await t.rejects(ask(signal), { code: 'ECONNRESET' })
  t.equal(listeners(signal), 0)
})

t.test('a call that came too late is not sent', async (t) => {
  const { ask, count } = await before(t, (socket) => socket.write(whole('{}')))
  const signal = AbortSignal.abort()
  await t.rejects(ask(signal), { name: 'AbortError', code: 'UND_ERR_ABORTED' })
  t.equal(listeners(signal), 0)
  await ask()
  t.equal(count(), 1)
})

t.test('neither is one whose signal ends it while it waits for its turn', async (t) => {
  const { ask, sockets, asked, count } = await before(t, (socket, of) => {
    if (of > 1) socket.write(whole('{}'))
  })
  const first = ask()
  await asked
  const controller = new AbortController()
  const second = ask(controller.signal)
  controller.abort()
  sockets[0]?.write(whole('{}'))
  await first
  await t.rejects(second, { name: 'AbortError', code: 'UND_ERR_ABORTED' })
  await ask()
  t.equal(count(), 2)
})

for (const [when, begun] of [
  ['before it is answered', ''],
  ['in the middle of its answer', whole('{"a":1}').slice(0, -3)],
] as const) {
  t.test(`a call that is ended ${when} lets go of its connection`, async (t) => {
    const { ask, sockets, asked } = await before(t, (socket) => {
      if (begun !== '') socket.write(begun)
    })
    const controller = new AbortController()
    const answer = t.rejects(ask(controller.signal), {
      name: 'AbortError',
      code: 'UND_ERR_ABORTED',
    })
    await asked
    // For what was begun to arrive.
    await new Promise((resolve) => setImmediate(resolve))
    const over = closed(sockets[0]!)
    controller.abort()
    await answer
    await over
    t.equal(listeners(controller.signal), 0)
  })
}

t.test(
  'a connection that is lost is said as Node says it, and nothing is sent again',
  async (t) => {
    for (const lose of [
      (socket: Socket) => void socket.resetAndDestroy(),
      (socket: Socket) => void socket.destroy(),
      (socket: Socket) => void socket.end(),
    ]) {
      const { ask, count } = await before(t, (socket, of) => {
        if (of === 1) socket.write(whole('{}'))
        else lose(socket)
      })
      await ask()
      const error = await ask().catch((thrown: unknown) => thrown)
      t.match(error, { name: 'Error', code: 'ECONNRESET' })
      t.notOk(Object.hasOwn(Object(error), '$metadata'), 'no answer at all')
      t.equal(count(), 2)
    }
  },
)

t.test('one that is lost in the middle of an answer is a matter of the answer', async (t) => {
  const { ask } = await before(t, (socket) => {
    socket.write(`${HEAD}content-length: 500\r\n\r\n{"Session":"`, () => socket.destroy())
  })
  await t.rejects(ask(), { name: 'Error', $metadata: { httpStatusCode: 200 } })
})

t.test('what does not speak HTTP is no exception of Cognito', async (t) => {
  for (const garbage of ['SSH-2.0-OpenSSH_9.6\r\n', '\u0000\u0001\u0002', 'HTTP/9 hello\r\n\r\n']) {
    const { ask } = await before(t, (socket) => socket.write(garbage))
    await t.rejects(ask(), { name: 'Error', message: /does not match the HTTP/ })
  }
})

t.test('an answer that is far too large is not kept', async (t) => {
  const { ask, sockets } = await before(t, (socket) => {
    socket.write(`${HEAD}transfer-encoding: chunked\r\n\r\n`)
    const piece = `${(64 * 1024).toString(16)}\r\n${'x'.repeat(64 * 1024)}\r\n`
    const more = () => socket.writable && socket.write(piece, more)
    more()
  })
  await t.rejects(ask(), {
    name: 'Error',
    code: 'UND_ERR_RES_EXCEEDED_MAX_SIZE',
    $metadata: { httpStatusCode: 200 },
  })
  await closed(sockets[0]!)
  t.ok(sockets[0]!.bytesWritten < 16 * 1024 * 1024)
})
