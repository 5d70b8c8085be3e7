import { once } from 'node:events'
import { connect, type AddressInfo, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { buildTestApp, type TestApp } from '../support/build-app.ts'
import { expectProblem } from '../support/expect-problem.ts'

interface RawAnswer {
  statusCode: number
  headers: Record<string, string>
  body: string
}

async function connectTo(
  t: Test,
  app: TestApp['app'],
): Promise<{ socket: Socket; all: Promise<string> }> {
  if (!app.server.listening) await app.listen({ port: 0, host: '127.0.0.1' })
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  t.teardown(() => socket.destroy())
  let text = ''
  const all = new Promise<string>((resolve) => {
    socket.on('data', (chunk) => {
      text += String(chunk)
    })
    socket.on('close', () => resolve(text))
    socket.on('error', () => {})
  })
  return { socket, all }
}

function parse(text: string): RawAnswer {
  const [head = '', body = ''] = text.split('\r\n\r\n')
  const [statusLine = '', ...lines] = head.split('\r\n')
  const headers = Object.fromEntries(
    lines.map((line) => {
      const [name = '', ...value] = line.split(': ')
      return [name.toLowerCase(), value.join(': ')]
    }),
  )
  return { statusCode: Number(statusLine.split(' ')[1]), headers, body }
}

const HEAD =
  'POST /refresh HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 60\r\n'

const BROKEN: Record<string, string> = {
  'no HTTP': 'hello\r\n\r\n',
  'a bad header': 'POST /start-sign-in HTTP/1.1\r\nhost: x\r\nbad header\r\n\r\n',
  'two lengths': 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
  'length and chunks':
    'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
  'endless headers': `GET / HTTP/1.1\r\nhost: x\r\n${'x-a: b\r\n'.repeat(9_000)}\r\n`,
}

t.test('bytes that are no request are answered with a problem', async (t) => {
  const { app, calls } = await buildTestApp(t)
  for (const [what, bytes] of Object.entries(BROKEN)) {
    const { socket, all } = await connectTo(t, app)
    socket.write(bytes)
    const answer = parse(await all)
    expectProblem(t, answer, 'invalid_request', { label: what })
    t.equal(answer.headers['connection'], 'close')
    t.equal(Number(answer.headers['content-length']), Buffer.byteLength(answer.body))
  }
  t.strictSame(calls, [])
})

t.test('a client that goes away in the middle of a request harms nobody', async (t) => {
  const { app } = await buildTestApp(t)
  const { socket, all } = await connectTo(t, app)
  socket.write('POST /start-sign-in HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{')
  socket.resetAndDestroy()
  await all
  const response = await app.inject({ method: 'POST', url: '/start-sign-in', payload: {} })
  t.equal(response.statusCode, 200)
})

t.test('a client may not take for ever to send a request', async (t) => {
  const { app } = await buildTestApp(t)
  t.equal(app.server.requestTimeout, 20_000)
  // Node swaps the two otherwise.
  t.equal(app.server.headersTimeout, 10_000)
  t.equal(app.server.maxConnections, 10_000)
  Object.assign(app.server, { requestTimeout: 200, headersTimeout: 100 })
  for (const part of [HEAD, `${HEAD}\r\n{`]) {
    const { socket, all } = await connectTo(t, app)
    socket.write(part)
    // Without an interval of ours Node would look after 30 s.
    expectProblem(t, parse(await all), 'invalid_request', { label: part })
  }
})

t.test('who is refused and does not hang up is hung up on', async (t) => {
  const { app } = await buildTestApp(t)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  t.teardown(() => socket.destroy())
  socket.on('error', () => {}).resume()
  const [ours] = (await once(app.server, 'connection')) as [Socket]
  socket.write('hello\r\n\r\n')
  await once(ours, 'close')
})

t.test('what never reaches a route is logged and counted too', async (t) => {
  const counted: unknown[] = []
  const metrics = {
    route() {},
    arrived() {},
    left() {},
    answered: (one: unknown) => counted.push(one),
  }
  const { app, lines } = await buildTestApp(t, { logs: true, metrics })
  for (const [bytes, statusCode, code] of [
    ['hello\r\n\r\n', 400, 'invalid_request'],
    ['GET /%zz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', 404, 'not_found'],
  ] as const) {
    const { socket, all } = await connectTo(t, app)
    socket.write(bytes)
    const { statusCode: answered, headers } = parse(await all)
    t.equal(answered, statusCode)
    const logged = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'request')
    t.match(logged, [{ requestId: headers['x-request-id'], status: statusCode, code }])
    t.equal(logged.length, 1)
    t.match(counted, [{ status: statusCode, code }])
    t.equal(counted.length, 1)
    lines.length = 0
    counted.length = 0
  }
})
