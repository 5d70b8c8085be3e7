import fastify from 'fastify'
import t, { type Test } from 'tap'
import type { Bff, Caller, Reply } from '../../../../local/demo/payments/bff.ts'
import { Payments } from '../../../../local/demo/payments/payments.ts'
import { paymentRoutes } from '../../../../local/demo/payments/routes.ts'
import { later, settled } from '../client/support.ts'

const ok = <T>(value: T): Reply<T> => ({ ok: true, value })
const refusal = (status: number, code: string): Reply<never> => ({
  ok: false,
  refusal: { status, code },
})

const CHALLENGED = { state: 'CHALLENGE_REQUIRED', attempt: 'a1', token: 't1', url: 'u1' }
const PROVEN = { state: 'CHALLENGE_SUCCEEDED', attempt: 'a1', verificationMethod: 'EMAIL_OTP' }

/** The demo's payments, over HTTP, with a service that answers as the test says. */
async function shop(t: Test, bff: Partial<Bff> = {}) {
  const calls: { call: string; caller: Caller; body?: object }[] = []
  const clock = { now: 0 }
  const noted = <T>(call: string, answer: (caller: Caller, body: object) => Promise<Reply<T>>) => {
    return async (caller: Caller, body: object = {}) => {
      calls.push({ call, caller, body })
      return answer(caller, body)
    }
  }
  const payments = new Payments({
    bff: {
      me: noted('me', bff.me ?? (async ({ authorization }) => ok({ userId: authorization }))),
      startStepUp: noted('start', bff.startStepUp ?? (async () => ok(CHALLENGED))),
      finishStepUp: noted('finish', bff.finishStepUp ?? (async () => ok(PROVEN))),
    },
    now: () => clock.now,
  })
  const app = fastify({
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
  })
  await app.register(paymentRoutes, { payments })
  t.teardown(() => app.close())
  const post = async (
    url: string,
    body: unknown,
    headers: object = { authorization: 'Bearer ada' },
  ) => {
    const {
      statusCode,
      json,
      headers: answered,
    } = await app.inject({
      method: 'POST',
      url,
      payload: JSON.stringify(body),
      headers: { 'content-type': 'application/json', 'user-agent': 'Browser/1', ...headers },
    })
    return { status: statusCode, body: json(), headers: answered }
  }
  const pay = (amount: unknown, who = 'ada') =>
    post('/payments', { amount }, { authorization: `Bearer ${who}` })
  const confirm = (paymentId: string, token = 'proof', who = 'ada') =>
    post(`/payments/${paymentId}/confirm`, { token }, { authorization: `Bearer ${who}` })
  const named = () => calls.map(({ call }) => call)
  return { post, pay, confirm, calls, named, clock }
}

t.test('small amounts need no confirmation, but somebody who is signed in', async (t) => {
  const { pay, named } = await shop(t)
  const { status, body } = await pay(50)
  t.equal(status, 200)
  t.match(body, { paymentId: String, amount: 50 })
  t.strictSame(named(), ['me'])
  const nobody = await shop(t, { me: async () => refusal(401, 'invalid_token') })
  t.match(await nobody.pay(20), { status: 401, body: { code: 'invalid_token' } })
})

t.test('larger ones are challenged, and paid once the proof has been checked', async (t) => {
  const { pay, confirm, calls } = await shop(t)
  const challenged = await pay(50.01)
  t.match(challenged, {
    status: 401,
    body: { code: 'step_up_required', paymentId: String, token: 't1', url: 'u1' },
    headers: { 'cache-control': 'no-store' },
  })
  const paid = await confirm(challenged.body.paymentId)
  t.match(paid, { status: 200, body: { amount: 50.01, verificationMethod: 'EMAIL_OTP' } })
  const caller = { authorization: 'Bearer ada', userAgent: 'Browser/1' }
  t.strictSame(calls, [
    { call: 'me', caller, body: {} },
    { call: 'start', caller, body: { action: 'authorizePayment', custom: { amount: 50.01 } } },
    { call: 'me', caller, body: {} },
    { call: 'finish', caller, body: { action: 'authorizePayment', token: 'proof' } },
  ])
})

t.test('a rule may let a large one pass', async (t) => {
  const { pay } = await shop(t, { startStepUp: async () => ok({ state: 'ALLOW', attempt: 'a1' }) })
  t.match(await pay(250), { status: 200, body: { amount: 250 } })
})

t.test('is not paid in any other state', async (t) => {
  for (const started of [
    { state: 'CHALLENGE_REQUIRED', attempt: 'a1' },
    { state: 'REVIEW_REQUIRED', attempt: 'a1', token: 't1' },
    { state: '', attempt: 'a1', token: 't1' },
  ]) {
    const { pay } = await shop(t, { startStepUp: async () => ok(started) })
    t.match(await pay(250), { status: 502, body: { code: 'upstream_error' } })
  }
  const blocked = await shop(t, { startStepUp: async () => refusal(403, 'sign_in_blocked') })
  t.match(await blocked.pay(250), { status: 403, body: { code: 'sign_in_blocked' } })
})

t.test('is paid once, however often it is confirmed', async (t) => {
  const slow = later<Reply<typeof PROVEN>>()
  const { pay, confirm, named } = await shop(t, { finishStepUp: () => slow.promise })
  const { paymentId } = (await pay(250)).body
  const both = Promise.all([confirm(paymentId), confirm(paymentId)])
  while (named().filter((call) => call === 'finish').length < 2) await settled()
  slow.settle(ok(PROVEN))
  const statuses = (await both).map(({ status }) => status)
  t.strictSame(new Set(statuses), new Set([200, 409]))
  t.match(await confirm(paymentId), { status: 409, body: { code: 'already_paid' } })
})

t.test('a proof of another attempt pays nothing', async (t) => {
  for (const finished of [
    { ...PROVEN, attempt: 'a2' },
    { ...PROVEN, state: 'ALLOW' },
    { ...PROVEN, state: 'CHALLENGE_REQUIRED' },
  ]) {
    const { pay, confirm } = await shop(t, { finishStepUp: async () => ok(finished) })
    const { paymentId } = (await pay(250)).body
    t.match(await confirm(paymentId), {
      status: 401,
      body: { code: 'challenge_failed', reason: 'refused' },
    })
    t.match(await confirm(paymentId), { status: 401 }, 'nor does the next try')
  }
})

t.test('what the service says of a proof is what the browser hears', async (t) => {
  const answers = [refusal(401, 'challenge_failed'), refusal(503, 'upstream_unavailable')]
  const { pay, confirm } = await shop(t, {
    finishStepUp: async () => answers.shift() ?? ok(PROVEN),
  })
  const { paymentId } = (await pay(250)).body
  t.match(await confirm(paymentId), { status: 401, body: { code: 'challenge_failed' } })
  t.match(await confirm(paymentId), { status: 503, body: { code: 'upstream_unavailable' } })
  t.match(await confirm(paymentId), { status: 200 })
})

t.test('nobody confirms the payment of somebody else, nor learns of it', async (t) => {
  const { pay, confirm, named } = await shop(t)
  const { paymentId } = (await pay(250)).body
  const foreign = await confirm(paymentId, 'proof', 'eve')
  const unknown = await confirm('no-such-payment', 'proof', 'eve')
  t.equal(foreign.status, 404)
  t.strictSame(foreign.body, unknown.body)
  t.notOk(named().includes('finish'), 'and the proof is not spent on it')
  t.equal((await confirm(paymentId)).status, 200)
})

t.test('a payment waits ten minutes', async (t) => {
  const { pay, confirm, clock } = await shop(t)
  const { paymentId } = (await pay(250)).body
  clock.now = 10 * 60_000
  t.match(await confirm(paymentId), { status: 404, body: { code: 'not_found' } })
})

t.test('takes no amount that is none, and no other one later', async (t) => {
  const { pay, post, named } = await shop(t)
  for (const amount of [0, -1, 10_000.01, 0.001, '20', null, Number.NaN]) {
    t.match(await pay(amount), { status: 400, body: { code: 'invalid_request' } }, String(amount))
  }
  t.equal((await post('/payments', { amount: 20, to: 'eve' })).status, 400)
  t.strictSame(named(), [])
  const { paymentId } = (await pay(250)).body
  const changed = await post(`/payments/${paymentId}/confirm`, { token: 'proof', amount: 1 })
  t.equal(changed.status, 400)
})

t.test('without a bearer there is nobody to pay', async (t) => {
  const { post, named } = await shop(t)
  t.match(await post('/payments', { amount: 20 }, {}), {
    status: 401,
    body: { code: 'invalid_token' },
  })
  t.match(await post('/payments/x/confirm', { token: 'proof' }, {}), { status: 401 })
  t.strictSame(named(), [])
})
