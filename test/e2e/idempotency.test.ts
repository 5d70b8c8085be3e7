import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { startStack, type Answer, type Stack } from '../support/stack.ts'

const email = 'ada@example.com'
const KEY = { 'idempotency-key': 'c56a4180-65aa-42ec-a945-5fd21dec0538' }
const TRACK = 'POST /users/:userId/actions/:action'

const start = (stack: Stack, body: object = { email }, headers: Record<string, string> = KEY) =>
  stack.post('/start-sign-in', body, headers)

function actions({ authsignal }: Stack): number {
  return authsignal.calls.filter(({ operation }) => operation === TRACK).length
}

function messages({ authsignal }: Stack): number {
  return authsignal.messages(email).length
}

/** Everybody's answer but for the time that is left of it. */
function different(answers: Answer[]): number {
  return new Set(
    answers.map(({ status, body: { expiresIn: _left, ...body } }) =>
      JSON.stringify([status, body]),
    ),
  ).size
}

/** A user who has been here, so that a start is one action. */
async function startKnown(t: Parameters<typeof startStack>[0], options: object = {}) {
  const stack = await startStack(t, options)
  t.equal((await stack.signIn({ email })).status, 200)
  stack.cognitoCalls()
  stack.authsignal.calls.length = 0
  return { stack, before: messages(stack) }
}

for (const taps of [2, 20]) {
  t.test(`${taps} taps at once are one action and one message`, async (t) => {
    const { stack, before } = await startKnown(t)
    const answers = await Promise.all(Array.from({ length: taps }, () => start(stack)))
    t.equal(different(answers), 1)
    t.equal(answers[0]?.status, 200)
    t.strictSame(stack.cognitoCalls(), ['InitiateAuth'])
    t.equal(actions(stack), 1)
    t.equal(messages(stack), before, 'a start by itself sends nothing')
    const { session, token } = answers.at(-1)!.body
    const proof = await stack.user.pass(token, email)
    t.equal(messages(stack), before + 1)
    t.equal((await stack.finish({ session, token: proof })).status, 200)
    const spent = await stack.finish({ session: answers[0]!.body.session, token: proof })
    t.match(spent.body, { code: 'session_expired' }, 'it is one attempt, which counts once')
  })
}

t.test('without a key two starts are two attempts', async (t) => {
  const { stack } = await startKnown(t)
  const answers = await Promise.all([start(stack, { email }, {}), start(stack, { email }, {})])
  t.equal(different(answers), 2)
  t.equal(actions(stack), 2)
})

t.test('a client that has lost the answer gets it when it asks again', async (t) => {
  const { stack } = await startKnown(t)
  stack.cognito.faults.add({
    operation: 'InitiateAuth',
    fault: { kind: 'delay', ms: 300 },
    times: 1,
  })
  const lost = request(`${stack.url}/start-sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...KEY, 'user-agent': 'node' },
  })
  lost.on('error', () => {})
  lost.end(JSON.stringify({ email }))
  while (stack.cognito.calls.length === 0) await sleep(5)
  const gone = new Promise((resolve) => lost.once('close', resolve))
  lost.destroy()
  await gone
  const [one, two] = [await start(stack), await start(stack)]
  t.equal(one.status, 200)
  t.equal(different([one, two]), 1)
  t.strictSame(stack.cognitoCalls(), ['InitiateAuth'])
  t.equal(actions(stack), 1)
  const token = await stack.user.pass(two.body.token, email)
  t.equal((await stack.finish({ session: two.body.session, token })).status, 200)
})

t.test('the same key with another body or for another client is refused', async (t) => {
  const { stack } = await startKnown(t)
  await start(stack)
  const eve = { email: 'eve@example.com' }
  for (const again of [start(stack, eve), start(stack, { email }, { ...KEY, 'user-agent': 'x' })]) {
    t.match((await again).body, { status: 422, code: 'idempotency_key_reused' })
  }
  t.equal(actions(stack), 1)
  t.equal((await start(stack)).status, 200)
})

t.test('a start that failed is made anew', async (t) => {
  const { stack } = await startKnown(t)
  const fault = { kind: 'answer', status: 500 } as const
  stack.cognito.faults.add({ operation: 'InitiateAuth', fault, times: 2 })
  t.not((await start(stack)).status, 200)
  stack.cognito.faults.clear()
  t.equal((await start(stack)).status, 200)
})

t.test('a new user is made once, and asked for one code', async (t) => {
  const stack = await startStack(t)
  const answers = await Promise.all(Array.from({ length: 20 }, () => start(stack)))
  t.equal(different(answers), 1)
  t.strictSame(stack.cognitoCalls(), ['InitiateAuth', 'AdminCreateUser', 'InitiateAuth'])
  await stack.user.pass(answers[7]!.body.token, email)
  t.equal(messages(stack), 1)
})

t.test('a trigger that Cognito runs three times costs one message', async (t) => {
  const { stack, before } = await startKnown(t, { pool: { triggerTimeoutMs: 2_000 } })
  // The first two runs get no answer in time, nor have they given up (2.5 s); their actions are nobody’s.
  const fault = { kind: 'delay', ms: 3_500, when: 'after' } as const
  stack.authsignal.faults.add({ operation: TRACK, fault, times: 2 })
  const { status, body } = await start(stack)
  t.equal(status, 200)
  t.equal(messages(stack), before)
  const token = await stack.user.pass(body.token, email)
  t.equal(messages(stack), before + 1)
  t.equal((await stack.finish({ session: body.session, token })).status, 200)
})

t.test('a connection to Cognito that breaks costs one message', async (t) => {
  const { stack, before } = await startKnown(t)
  for (const when of ['before', 'after'] as const) {
    stack.cognito.faults.add({
      operation: 'InitiateAuth',
      fault: { kind: 'reset', when },
      times: 1,
    })
    const key = { 'idempotency-key': `a-key-of-its-own-${when}` }
    let answer = await start(stack, { email }, key)
    // Where the service does not try again itself, the client does.
    if (answer.status !== 200) answer = await start(stack, { email }, key)
    t.equal(answer.status, 200, when)
    t.equal(messages(stack), before)
    stack.cognito.faults.clear()
  }
})
