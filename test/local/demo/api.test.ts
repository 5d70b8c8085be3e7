import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { readProblem, signInApi } from '../../../local/demo/client/api.ts'

/** A service that answers everything with `respond`, and the calls it got. */
async function serviceThat(t: Test, respond: (response: ServerResponse) => void) {
  const calls: { url: string | undefined; body: unknown }[] = []
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString()))
    request.on('end', () => {
      calls.push({ url: request.url, body: JSON.parse(text) })
      respond(response)
    })
  }).listen(0, 'localhost')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { api: signInApi(`http://localhost:${port}/`), calls }
}

const json = (status: number, body: unknown) => (response: ServerResponse) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

t.test('starts with the identifier and answers what the page needs', async (t) => {
  const started = { session: 's', token: 't', expiresIn: 180 }
  const { api, calls } = await serviceThat(t, json(200, { ...started, url: 'https://example.com' }))
  t.strictSame(await api.startSignIn({ phoneNumber: '+6421123456' }), { ok: true, value: started })
  t.strictSame(calls, [{ url: '/start-sign-in', body: { phoneNumber: '+6421123456' } }])
})

t.test('finishes with session and proof, and keeps no refresh token', async (t) => {
  const tokens = { accessToken: 'a', idToken: 'i' }
  const { api, calls } = await serviceThat(t, json(200, { ...tokens, refreshToken: 'r' }))
  const proof = { session: 's', token: 'v' }
  t.strictSame(await api.finishSignIn(proof), { ok: true, value: tokens })
  t.strictSame(calls, [{ url: '/finish-sign-in', body: proof }])
})

t.test('a refusal comes back as its problem, with the fresh attempt it may carry', async (t) => {
  const retry = { session: 's2', token: 't2', url: 'https://example.com' }
  const { api } = await serviceThat(t, json(401, { code: 'challenge_failed', status: 401, retry }))
  t.strictSame(await api.finishSignIn({ session: 's', token: 'v' }), {
    ok: false,
    problem: { code: 'challenge_failed', retry: { session: 's2', token: 't2' } },
  })
})

t.test('an answer that is not what was agreed is a problem too', async (t) => {
  const unusable = { ok: false, problem: { code: 'unusable_answer' } }
  const page = await serviceThat(t, (response) => response.writeHead(502).end('<h1>Bad gateway'))
  t.strictSame(await page.api.startSignIn({ email: 'a@example.com' }), unusable)
  const half = await serviceThat(t, json(200, { session: 's', expiresIn: 180 }))
  t.strictSame(await half.api.startSignIn({ email: 'a@example.com' }), unusable)
})

t.test('no answer at all is a lost connection', async (t) => {
  const { api } = await serviceThat(t, (response) => response.destroy())
  const answer = await api.startSignIn({ email: 'a@example.com' })
  t.strictSame(answer, { ok: false, problem: { code: 'no_connection' } })
})

t.test('a retry is taken whole or not at all', (t) => {
  const code = 'challenge_failed'
  t.strictSame(readProblem({ code, retry: { session: 's2' } }), { code })
  t.strictSame(readProblem({ code, retryAfter: 3 }), { code, retryAfter: 3 })
  t.strictSame(readProblem(undefined), { code: 'unusable_answer' })
  t.end()
})
