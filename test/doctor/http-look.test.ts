import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { get } from '../../src/doctor/look/http.ts'
import { freePort } from '../../scripts/free-port.ts'

async function serve(t: Test, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

t.test('reads status and JSON, and tells the clocks apart', async (t) => {
  const url = await serve(t, (_request, response) => {
    response.setHeader('date', new Date(Date.now() - 600_000).toUTCString())
    response.writeHead(404).end('{"error":"not_found"}')
  })
  const looked = await get(url, 5_000)
  t.match(looked, { seen: { status: 404, body: { error: 'not_found' }, clock: { seen: Number } } })
  const { clock } = 'seen' in looked ? looked.seen : { clock: undefined }
  const ahead = clock && 'seen' in clock ? clock.seen : 0
  t.ok(ahead > 590_000 && ahead < 610_000, 'we are ten minutes ahead')
})

t.test('follows no redirect, so that no header gets to another host', async (t) => {
  let elsewhere = 0
  const other = await serve(t, (_request, response) => {
    elsewhere++
    response.end()
  })
  const url = await serve(t, (_request, response) => {
    response.writeHead(302, { location: other }).end()
  })
  t.match(await get(url, 5_000, { authorization: 'secret' }), { seen: { status: 302 } })
  t.equal(elsewhere, 0)
})

t.test('what is no JSON, or too much of it, is no body', async (t) => {
  for (const text of ['<html>', JSON.stringify('a'.repeat(200_000))]) {
    const url = await serve(t, (_request, response) => void response.end(text))
    t.match(await get(url, 5_000), { seen: { status: 200, body: undefined } })
  }
})

t.test('an answer without a date says nothing about clocks', async (t) => {
  const url = await serve(t, (_request, response) => {
    response.sendDate = false
    response.end('{}')
  })
  t.match(await get(url, 5_000), { seen: { clock: { unseen: 'the answer has no date' } } })
})

t.test('names what went wrong, and never the address', async (t) => {
  t.strictSame(await get(`http://127.0.0.1:${await freePort()}/secret`, 5_000), {
    unseen: 'no connection (ECONNREFUSED)',
  })
  const hangs = await serve(t, () => {})
  t.strictSame(await get(hangs, 50), { unseen: 'no answer in time' })
  const halves = await serve(t, (request, response) => {
    response.writeHead(200, { 'content-length': 100 }).write('{', () => request.socket.destroy())
  })
  const looked = await get(halves, 5_000)
  t.match(looked, { unseen: /^no connection/ })
})
