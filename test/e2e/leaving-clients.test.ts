import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { EMAIL, startAccountStack, type AccountStack } from '../support/account.ts'
import { startUpstream, hang, json } from '../support/upstream.ts'
import { authsignalClient } from '../../src/authsignal/client.ts'
import { servingRequest } from '../../src/request-context.ts'
import { endingBy } from '../../src/upstream/call-signal.ts'
import { failureOf } from '../support/expect-error.ts'

/** The lines that tell of requests nobody waited for. */
function left(log: string[]): Record<string, unknown>[] {
  return log
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ msg, status }) => msg === 'request' && status === 499)
}

/** Sends a request, leaves while the upstream hangs, and waits until the service has noticed. */
async function leaveDuring(
  stack: AccountStack,
  operation: string,
  request: { path: string; method: string; headers?: Record<string, string>; body?: string },
): Promise<void> {
  const { path, ...init } = request
  stack.cognito.faults.add({ operation, fault: { kind: 'hang' }, times: 1 })
  stack.cognito.calls.length = 0
  const client = new AbortController()
  const answer = fetch(`${stack.url}${path}`, { ...init, signal: client.signal })
  answer.catch(() => {})
  while (stack.cognito.calls.length === 0) await sleep(5)
  client.abort()
  while (left(stack.log).length === 0) await sleep(5)
}

const running = (stack: AccountStack) =>
  stack.service.upstreams.readings().reduce((sum, reading) => sum + reading.running, 0)

async function untilIdle(stack: AccountStack): Promise<void> {
  while (running(stack) > 0) await sleep(5)
}

function expectLeft(t: Test, stack: AccountStack, route: string): void {
  t.match(left(stack.log), [{ level: 'info', route, status: 499 }])
  t.notMatch(stack.log.join(''), /upstream failed|internal error|"status":50/)
}

t.test('a start whose client leaves ends its call, and is no failure', async (t) => {
  const stack = await startAccountStack(t)
  await leaveDuring(stack, 'InitiateAuth', {
    path: '/start-sign-in',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: EMAIL }),
  })
  await untilIdle(stack)
  expectLeft(t, stack, '/start-sign-in')
  t.equal((await stack.start({ email: EMAIL })).status, 200)
})

t.test('so does a read', async (t) => {
  const stack = await startAccountStack(t)
  const ada = await stack.signInAs(EMAIL)
  const headers = { authorization: `Bearer ${ada.accessToken}` }
  await leaveDuring(stack, 'GetUser', { path: '/me', method: 'GET', headers })
  await untilIdle(stack)
  expectLeft(t, stack, '/me')
  t.equal((await ada.call('GET', '/me')).status, 200)
})

t.test('a change goes on to its end', async (t) => {
  const stack = await startAccountStack(t)
  const { accessToken, sub } = await stack.signInAs(EMAIL)
  const fault = { kind: 'delay', ms: 300 } as const
  stack.cognito.faults.add({ operation: 'UpdateUserAttributes', fault, times: 1 })
  stack.cognito.calls.length = 0
  const client = new AbortController()
  const answer = fetch(`${stack.url}/me`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Countess' }),
    signal: client.signal,
  })
  answer.catch(() => {})
  const isAsked = () =>
    stack.cognito.calls.some(({ operation }) => operation === 'UpdateUserAttributes')
  while (!isAsked()) await sleep(5)
  client.abort()
  while (stack.cognito.users.find(sub)?.attributes['name'] !== 'Countess') await sleep(5)
  t.match(left(stack.log), [{ route: '/me' }])
})

const options = { secret: 'secret', timeoutMs: 60_000 }

t.test('a call to Authsignal lets go of its connection when the client leaves', async (t) => {
  const upstream = await startUpstream(t, () => hang)
  const client = authsignalClient({ ...options, url: `${upstream.url}/v1` })
  const caller = new AbortController()
  const request = { id: 'r', priority: 'start', signal: caller.signal } as const
  const answer = failureOf(
    servingRequest(request, () => client.validate({ token: 'a.b.c', action: 'pay' })),
  )
  while (upstream.requests.length === 0) await sleep(5)
  caller.abort()
  const expected = { service: 'authsignal', operation: 'validate', reason: 'the client left' }
  t.match(await answer, { code: 'upstream_timeout', upstream: expected })
  await upstream.connectionClosed
  t.equal(upstream.requests.length, 1, 'and is not repeated')
})

t.test('one of a change does not: it ends with the change', async (t) => {
  const responses: ServerResponse[] = []
  const upstream = await startUpstream(t, () => (response) => void responses.push(response))
  const client = authsignalClient({ ...options, url: `${upstream.url}/v1` })
  const caller = new AbortController()
  const change = new AbortController()
  const request = { id: 'r', priority: 'finish', signal: caller.signal } as const
  const ask = () =>
    servingRequest(request, () => endingBy(change.signal, () => client.authenticators('ada')))
  const first = ask()
  while (upstream.requests.length < 1) await sleep(5)
  caller.abort()
  json(200, [])(responses[0]!)
  t.strictSame(await first, [])
  const second = failureOf(ask())
  while (upstream.requests.length < 2) await sleep(5)
  const over = once(change.signal, 'abort')
  change.abort()
  await over
  t.match(await second, { code: 'upstream_timeout' })
})
