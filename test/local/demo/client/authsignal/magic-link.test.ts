import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { linkOpened } from '../../../../../local/demo/client/authsignal/magic-link.ts'

type Respond = (response: ServerResponse) => void

/** Answers the polls one by one, the last answer for ever. */
async function authsignalThat(t: Test, ...answers: Respond[]) {
  const polls: { url: string | undefined; headers: IncomingHttpHeaders }[] = []
  const server = createServer((request, response) => {
    polls.push({ url: request.url, headers: request.headers })
    const respond = answers.length > 1 ? answers.shift() : answers[0]
    respond?.(response)
  }).listen(0, 'localhost')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://localhost:${(server.address() as AddressInfo).port}/v1`, polls }
}

const says = (body: object) => (response: ServerResponse) =>
  void response.writeHead(200).end(JSON.stringify(body))
const hangsUp = (response: ServerResponse) => void response.destroy()
const crashes = (response: ServerResponse) => void response.writeHead(500).end('<h1>oops')

const PENDING = says({ isVerified: false })
const OPENED = says({ isVerified: true, accessToken: 'proof' })

t.test('waits until the link has been opened', async (t) => {
  const { url, polls } = await authsignalThat(t, PENDING, OPENED)
  const opened = await linkOpened(url, 't1', new AbortController().signal)
  t.strictSame(opened, { outcome: 'verified', token: 'proof' })
  t.match(polls, [
    {
      url: '/v1/client/verify/email-magic-link/finalize',
      headers: { authorization: 'Bearer t1' },
    },
    { headers: { authorization: 'Bearer t1' } },
  ])
})

t.test('outlives a lost connection and an answer that is none', async (t) => {
  const { url, polls } = await authsignalThat(t, hangsUp, crashes, OPENED)
  const opened = await linkOpened(url, 't1', new AbortController().signal)
  t.strictSame(opened, { outcome: 'verified', token: 'proof' })
  t.equal(polls.length, 3)
})

t.test('ends when Authsignal says that there is nothing to wait for', async (t) => {
  const { url, polls } = await authsignalThat(t, says({ error: 'x', errorCode: 'expired_token' }))
  const opened = await linkOpened(url, 't1', new AbortController().signal)
  t.strictSame(opened, { outcome: 'expired' })
  t.equal(polls.length, 1)
})

t.test('asks no more once it has been stopped', async (t) => {
  const { url, polls } = await authsignalThat(t, PENDING)
  const stop = new AbortController()
  const waiting = linkOpened(url, 't1', stop.signal)
  while (polls.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  stop.abort()
  t.strictSame(await waiting, { outcome: 'stopped' })
  t.equal(polls.length, 1)
  t.strictSame(await linkOpened(url, 't1', stop.signal), { outcome: 'stopped' })
  t.equal(polls.length, 1, 'nor at all when it was stopped before')
})
