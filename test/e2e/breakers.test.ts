import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { awsFault } from '../../local/index.ts'
import { EMAIL, startAccountStack } from '../support/account.ts'

const down = awsFault('InternalErrorException', 'down', 500)

t.test('an upstream that is down is spared, and used again when it is back', async (t) => {
  const stack = await startAccountStack(t)
  const ada = await stack.signInAs(EMAIL)
  stack.cognito.faults.add({ operation: 'GetUser', fault: down })
  stack.cognitoCalls()
  for (let time = 0; time < 10; time++) t.equal((await ada.call('GET', '/me')).status, 503)
  t.equal(stack.cognitoCalls().length, 10)
  const spared = await ada.call('GET', '/me')
  t.match(spared, { status: 503, body: { code: 'upstream_unavailable', retryAfter: Number } })
  t.ok(spared.body.retryAfter >= 1)
  t.strictSame(stack.cognitoCalls(), [], 'without a call')
  t.match(stack.service.upstreams.statuses(), { cognito: 'down' })
  stack.cognito.faults.clear()
  while ((await ada.call('GET', '/me')).status !== 200) await sleep(50)
  t.match(stack.service.upstreams.statuses(), { cognito: 'up' })
  const lines = stack.log.map((line) => (JSON.parse(line) as { msg: string }).msg)
  for (const line of ['upstream is down and is spared', 'upstream is back']) {
    t.equal(lines.filter((msg) => msg === line).length, 1, line)
  }
})

t.test('sign-ins that fail for whatever reason leave refreshes alone', async (t) => {
  const stack = await startAccountStack(t)
  const { refreshToken } = await stack.signInAs(EMAIL)
  stack.cognito.faults.add({ operation: 'InitiateAuth', fault: down })
  for (let time = 0; time < 11; time++) {
    t.equal((await stack.start({ email: EMAIL })).status, 503)
  }
  stack.cognitoCalls()
  t.equal((await stack.start({ email: EMAIL })).status, 503)
  t.strictSame(stack.cognitoCalls(), [], 'starts are spared')
  t.equal((await stack.post('/refresh', { refreshToken })).status, 200)
})

t.test(
  'an Authsignal that is away behind the triggers is none of Cognito’s failures',
  async (t) => {
    const stack = await startAccountStack(t)
    const { refreshToken } = await stack.signInAs(EMAIL)
    stack.authsignal.faults.add({ operation: '*', fault: { kind: 'reset' } })
    for (let time = 0; time < 12; time++) {
      t.equal((await stack.start({ email: EMAIL })).status, 503)
    }
    t.match(stack.service.upstreams.statuses(), { cognito: 'up' })
    t.equal((await stack.post('/refresh', { refreshToken })).status, 200)
    stack.authsignal.faults.clear()
    t.equal((await stack.start({ email: EMAIL })).status, 200, 'at once')
  },
)

t.test('more than its capacity is sent away at once, starts before the rest', async (t) => {
  const stack = await startAccountStack(t, { env: { UPSTREAM_CONCURRENCY: '4' } })
  const ada = await stack.signInAs(EMAIL)
  const { refreshToken } = ada
  stack.cognito.faults.add({ operation: 'GetUser', fault: { kind: 'delay', ms: 3_000 }, times: 2 })
  const reads = [ada.call('GET', '/me'), ada.call('GET', '/me')]
  while (stack.service.upstreams.readings()[0]!.running < 2) await sleep(5)
  const refused = await stack.start({ email: EMAIL })
  t.match(refused, { status: 503, body: { code: 'upstream_unavailable', retryAfter: Number } })
  t.equal((await stack.post('/refresh', { refreshToken })).status, 200)
  for (const { status } of await Promise.all(reads)) t.equal(status, 200)
  t.equal((await stack.start({ email: EMAIL })).status, 200)
})
