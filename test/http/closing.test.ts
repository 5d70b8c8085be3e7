import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { gate } from '../support/gate.ts'
import { buildTestApp, ROUTES, STARTED } from '../support/build-app.ts'

t.test('a request that comes while it stops is served, on a connection of its own', async (t) => {
  const { app } = await buildTestApp(t)
  const [{ path, body }] = ROUTES
  const answers: Response[] = []
  // Runs when the app has been told to close and still listens.
  app.addHook('preClose', async () => {
    const { port } = app.server.address() as AddressInfo
    answers.push(
      await fetch(`http://127.0.0.1:${port}${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
    )
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  await app.close()
  t.strictSame(
    answers.map(({ status }) => status),
    [200],
  )
  t.strictSame(await answers[0]?.json(), STARTED)
  t.equal(answers[0]?.headers.get('connection'), 'close')
  t.match(answers[0]?.headers.get('x-request-id'), /^[0-9a-f-]{36}$/)
})

t.test('connections that nobody is served on do not hold it up; those in work do', async (t) => {
  const { opened, open } = gate()
  const { app, calls } = await buildTestApp(t, { startSignIn: () => opened.then(() => STARTED) })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const head = 'POST /refresh HTTP/1.1\r\nhost: x\r\n'
  const half = 'content-type: application/json\r\ncontent-length: 60\r\n\r\n{'
  const sockets = ['', head, `${head}${half}`].map((bytes) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    socket.on('error', () => {}).resume()
    return socket
  })
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  const [{ path, body }] = ROUTES
  const inWork = fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  })
  while (calls.length === 0) await sleep(5)
  const closed = app.close()
  // Longer than until it first looks for idle ones.
  await sleep(1_200)
  open()
  t.equal((await inWork).status, 200)
  await closed
})
