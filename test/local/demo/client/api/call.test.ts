import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { callsTo, nothing } from '../../../../../local/demo/client/api/call.ts'
import { accountApi } from '../../../../../local/demo/client/api/account-api.ts'
import { isPending, paymentApi } from '../../../../../local/demo/client/api/payment-api.ts'
import { readProblem } from '../../../../../local/demo/client/api/problem.ts'
import { signInApi } from '../../../../../local/demo/client/api/sign-in-api.ts'
import { stepUpApi } from '../../../../../local/demo/client/api/step-up-api.ts'
import { tokenApi } from '../../../../../local/demo/client/api/token-api.ts'
import { TOKENS } from '../support.ts'

/** A service that answers everything with `respond`, and the calls it got. */
async function serviceThat(t: Test, respond: (response: ServerResponse) => void) {
  const calls: { call: string; body: unknown; bearer: string | undefined; key?: unknown }[] = []
  const server = createServer((request: IncomingMessage, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString()))
    request.on('end', () => {
      const bearer = request.headers.authorization
      const body: unknown = text === '' ? undefined : JSON.parse(text)
      const key = request.headers['idempotency-key']
      calls.push({
        call: `${request.method} ${request.url}`,
        body,
        bearer,
        ...(key === undefined ? {} : { key }),
      })
      respond(response)
    })
  }).listen(0, 'localhost')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { call: callsTo(`http://localhost:${port}/`), calls }
}

const json = (status: number, body: unknown) => (response: ServerResponse) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

const empty = (response: ServerResponse) => response.writeHead(204).end()

t.test('starts with identifier and context, and answers what the page needs', async (t) => {
  const started = { session: 's', token: 't', url: 'https://example.com', expiresIn: 180 }
  const { call, calls } = await serviceThat(t, json(200, { ...started, more: 1 }))
  const body = { phoneNumber: '+6421123456', locale: 'de', redirectUrl: 'r', deviceId: 'd' }
  t.strictSame(await signInApi(call).startSignIn(body, 'key-1'), { ok: true, value: started })
  t.strictSame(calls, [{ call: 'POST /start-sign-in', body, bearer: undefined, key: 'key-1' }])
})

t.test('each way to sign in makes one call, and its answer is tokens', async (t) => {
  const { call, calls } = await serviceThat(t, json(200, { ...TOKENS, tokenType: 'Bearer' }))
  const api = signInApi(call)
  const proof = { session: 's', token: 'v' }
  t.strictSame(await api.finishSignIn(proof), { ok: true, value: TOKENS })
  t.strictSame(await api.passkeySignIn('v'), { ok: true, value: TOKENS })
  t.strictSame(await api.idTokenSignIn({ idToken: 'i', nonce: 'n' }), { ok: true, value: TOKENS })
  t.strictSame(await tokenApi(call).refresh('r'), { ok: true, value: TOKENS })
  t.match(calls, [
    { call: 'POST /finish-sign-in', body: proof },
    { call: 'POST /passkey-sign-in', body: { token: 'v' } },
    { call: 'POST /id-token-sign-in', body: { idToken: 'i', nonce: 'n' } },
    { call: 'POST /refresh', body: { refreshToken: 'r' } },
  ])
})

t.test('calls of somebody who is signed in say so, and need no answer', async (t) => {
  const { call, calls } = await serviceThat(t, empty)
  const bearer = 'Bearer a'
  t.strictSame(await tokenApi(call).signOutEverywhere('a'), { ok: true, value: true })
  t.strictSame(await tokenApi(call).signOut('r'), { ok: true, value: true })
  t.strictSame(await accountApi(call).deleteAccount('a'), { ok: true, value: true })
  t.strictSame(await accountApi(call).removeAuthenticator('a', 'x/../y'), { ok: true, value: true })
  t.strictSame(calls, [
    { call: 'POST /sign-out-everywhere', body: undefined, bearer },
    { call: 'POST /sign-out', body: { refreshToken: 'r' }, bearer: undefined },
    { call: 'DELETE /me', body: undefined, bearer },
    { call: 'DELETE /authenticators/x%2F..%2Fy', body: undefined, bearer },
  ])
})

t.test('reads the account, and leaves out what is not what was agreed', async (t) => {
  const profile = { userId: 'u', email: 'a@example.com', emailVerified: true, name: 7, locale: 'x' }
  const me = await serviceThat(t, json(200, profile))
  t.strictSame(await accountApi(me.call).profile('a'), {
    ok: true,
    value: { userId: 'u', email: 'a@example.com', emailVerified: true },
  })
  const entry = { authenticatorId: '1', verificationMethod: 'PASSKEY', createdAt: 'then' }
  const list = { authenticators: [{ ...entry, name: 'Phone', x: 1 }, { authenticatorId: '2' }] }
  const authenticators = await serviceThat(t, json(200, list))
  t.strictSame(await accountApi(authenticators.call).authenticators('a'), {
    ok: true,
    value: [{ ...entry, name: 'Phone' }],
  })
  t.match(await accountApi(authenticators.call).profile('a'), refusalOf('unusable_answer'))
})

t.test('a step-up without a token needs no challenge', async (t) => {
  const { call } = await serviceThat(t, json(200, { state: 'ALLOW', attempt: 'x' }))
  t.strictSame(await stepUpApi(call).startStepUp('a', 'pay'), { ok: true, value: {} })
})

t.test('a payment that has to be confirmed is a step on the way, not a failure', async (t) => {
  const pending = { paymentId: 'p', token: 't', url: 'u' }
  const { call } = await serviceThat(t, json(401, { code: 'step_up_required', ...pending }))
  const answer = await paymentApi(call).pay('a', 250)
  t.strictSame(answer, { ok: true, value: pending })
  t.ok(answer.ok && isPending(answer.value))
  const refused = await serviceThat(t, json(401, { code: 'invalid_token', ...pending }))
  t.match(await paymentApi(refused.call).pay('a', 250), refusalOf('invalid_token'))
})

t.test('a refusal comes back as its problem, with the fresh attempt it may carry', async (t) => {
  const retry = { session: 's2', token: 't2', url: 'https://example.com', expiresIn: 180 }
  const problem = { code: 'challenge_failed', reason: 'unfinished', retry }
  const { call } = await serviceThat(t, json(401, { ...problem, status: 401, detail: 'no' }))
  const answer = await signInApi(call).finishSignIn({ session: 's', token: 'v' })
  t.strictSame(answer, { ok: false, problem })
})

t.test('an answer that is not what was agreed is a problem too', async (t) => {
  const page = await serviceThat(t, (response) => response.writeHead(502).end('<h1>Bad gateway'))
  const start = { email: 'a@example.com', locale: 'en', redirectUrl: 'r' }
  t.match(await signInApi(page.call).startSignIn(start, 'key-1'), refusalOf('unusable_answer'))
  const half = await serviceThat(t, json(200, { session: 's', expiresIn: 180 }))
  t.match(await signInApi(half.call).startSignIn(start, 'key-1'), refusalOf('unusable_answer'))
})

t.test('no answer at all is a lost connection', async (t) => {
  const { call } = await serviceThat(t, (response) => response.destroy())
  const answer = await call({ method: 'GET', path: '/me', read: nothing })
  t.strictSame(answer, { ok: false, problem: { code: 'no_connection' } })
})

t.test('a retry is taken whole or not at all', (t) => {
  const code = 'challenge_failed'
  t.strictSame(readProblem({ code, retry: { session: 's2', token: 't2' } }), { code })
  t.strictSame(readProblem({ code, retryAfter: 3 }), { code, retryAfter: 3 })
  t.strictSame(readProblem(undefined), { code: 'unusable_answer' })
  t.end()
})

function refusalOf(code: string) {
  return { ok: false, problem: { code } }
}
