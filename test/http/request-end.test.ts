import { once } from 'node:events'
import { createServer, request as send } from 'node:http'
import t, { type Test } from 'tap'
import { whenOver } from '../../src/http/request-end.ts'

async function server(t: Test, answers: boolean) {
  const told: string[] = []
  const listening = createServer((_request, raw) => {
    const reply = { raw }
    for (const name of ['first', 'second']) whenOver(reply, () => told.push(name))
    whenOver(reply, () => listening.emit('over'))
    if (answers) raw.end('x')
  }).listen(0, '127.0.0.1')
  const isOver = once(listening, 'over')
  await once(listening, 'listening')
  t.teardown(() => listening.close())
  const address = listening.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { port, told, isOver, listening }
}

t.test('everybody who wants to know is told once, in order, when it was answered', async (t) => {
  const { port, told, isOver } = await server(t, true)
  send({ port, agent: false }, (response) => response.resume()).end()
  await isOver
  t.strictSame(told, ['first', 'second'])
})

t.test('and when its client has left', async (t) => {
  const { port, told, isOver, listening } = await server(t, false)
  const request = send({ port, agent: false }).on('error', () => {})
  request.end()
  await once(listening, 'request')
  request.destroy()
  await isOver
  t.strictSame(told, ['first', 'second'])
})
