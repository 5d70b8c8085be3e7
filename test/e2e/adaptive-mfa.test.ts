import t, { type Test } from 'tap'
import type { LocalAuthsignal, Rule } from '../../local/index.ts'
import { startStack, type Answer, type Stack, type StackOptions } from '../support/stack.ts'

const email = 'ada@example.com'
const redirectUrl = 'https://app.example.com/callback?state=1'
const OFFICE = '203.0.113.7'
const ELSEWHERE = '198.51.100.9'
const DEVICE = { deviceId: 'device-1' }
/** The tests come to the service from this machine, as a proxy would. */
const BEHIND_PROXY = { TRUST_PROXY: '127.0.0.1/32,::1/128' }

interface Client {
  ip?: string
  userAgent?: string
}

function headersOf({ ip, userAgent }: Client): Record<string, string> {
  return {
    ...(ip === undefined ? {} : { 'x-forwarded-for': ip }),
    ...(userAgent === undefined ? {} : { 'user-agent': userAgent }),
  }
}

const start = (stack: Stack, body: object, client: Client = {}): Promise<Answer> =>
  stack.post('/start-sign-in', body, headersOf(client))

const finish = (stack: Stack, body: object, client: Client = {}): Promise<Answer> =>
  stack.post('/finish-sign-in', body, headersOf(client))

/** A stack whose triggers ask for the context, behind a proxy. */
function startAdaptive(t: Test, options: StackOptions = {}): Promise<Stack> {
  const env = {
    ...BEHIND_PROXY,
    ALLOWED_REDIRECT_URLS: 'https://app.example.com/callback',
    BLOCKED_STARTS: 'tell',
  }
  return startStack(t, { contextRound: 'on', ...options, env: { ...env, ...options.env } })
}

async function signIn(stack: Stack, body: object = {}, client: Client = {}): Promise<Answer> {
  const started = await start(stack, { email, ...body }, client)
  if (started.status !== 200) return started
  const { session, token } = started.body
  return finish(stack, { session, token: await stack.user.pass(token, email) }, client)
}

/** What Authsignal was told with each track since the last look. */
function tracked({ authsignal }: Stack): Record<string, unknown>[] {
  return authsignal.calls
    .splice(0)
    .filter(({ operation }) => operation === 'POST /users/:userId/actions/:action')
    .map(({ body }) => body as Record<string, unknown>)
}

/** The state of the last sign-in of a user, as somebody in the portal would set it. */
async function review({ authsignal, serviceEnv }: Stack, state: string): Promise<void> {
  const users = [...authsignal.users.values()]
  const user = users.find(({ attributes }) => attributes.email === email)
  const { userId, idempotencyKey } = [...user!.actions.values()].at(-1)!
  const secret = Buffer.from(`${serviceEnv['AUTHSIGNAL_SECRET']}:`).toString('base64')
  const url = `${authsignal.apiUrl}/users/${userId}/actions/cognitoAuth/${idempotencyKey}`
  const { status } = await fetch(url, {
    method: 'PATCH',
    headers: { authorization: `Basic ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ state }),
  })
  t.equal(status, 200)
}

const BLOCKED = { status: 403, body: { code: 'sign_in_blocked' } }
const FAILED = { status: 401, body: { code: 'challenge_failed' } }

t.test('Authsignal hears what a trusted proxy and the app say of the client', async (t) => {
  const stack = await startAdaptive(t)
  await signIn(stack)
  tracked(stack)
  const body = { email, ...DEVICE, locale: 'de-AT', redirectUrl }
  await start(stack, body, { ip: OFFICE, userAgent: 'Chrome/130' })
  const [first, ...more] = tracked(stack)
  const { idempotencyKey: _key, username: _name, ...told } = first!
  t.strictSame(told, {
    email,
    ipAddress: OFFICE,
    userAgent: 'Chrome/130',
    deviceId: 'device-1',
    locale: 'de-AT',
    redirectUrl,
  })
  t.strictSame(more, [], 'and once only')
})

t.test('Authsignal hears the same of a sign-in for nobody', async (t) => {
  const stack = await startAdaptive(t, { env: { PROVISIONING: 'none' } })
  stack.cognito.users.put({ username: email, attributes: { email, email_verified: 'true' } })
  // A first answer for somebody shows the service what answers look like here.
  await signIn(stack)
  tracked(stack)
  const said = { ...DEVICE, locale: 'de', redirectUrl }
  await start(stack, { email: 'nobody@example.com', ...said }, { ip: OFFICE })
  t.match(tracked(stack), [{ ipAddress: OFFICE, ...said, email: undefined }])
})

t.test('of a chain of addresses only the one that the proxy has seen counts', async (t) => {
  const stack = await startAdaptive(t)
  for (const [header, ipAddress] of [
    [`${ELSEWHERE}, ${OFFICE}`, OFFICE],
    [`127.0.0.1, ${OFFICE}`, OFFICE],
    [`${ELSEWHERE}, ${OFFICE}, 127.0.0.1`, OFFICE],
    ['2001:db8::7', '2001:db8::7'],
  ] as const) {
    await start(stack, { email }, { ip: header })
    t.match(tracked(stack)[0], { ipAddress }, header)
  }
})

t.test('nobody else is believed: not a client, nor one that names a proxy', async (t) => {
  for (const TRUST_PROXY of ['', '10.0.0.0/8']) {
    const stack = await startAdaptive(t, { env: { TRUST_PROXY } })
    for (const ip of [OFFICE, `${OFFICE}, 10.0.0.1`]) {
      await start(stack, { email }, { ip })
      t.match(tracked(stack)[0], { ipAddress: /^(127\.0\.0\.1|::1)$/ }, `${TRUST_PROXY} ${ip}`)
    }
  }
})

t.test('a user agent is cut to a length that Cognito carries', async (t) => {
  const stack = await startAdaptive(t)
  t.equal((await start(stack, { email }, { userAgent: 'x'.repeat(4_000) })).status, 200)
  t.equal(String(tracked(stack)[0]!['userAgent']).length, 512)
})

t.test('without a context round Authsignal hears of no client', async (t) => {
  const secret = 'tenant-secret'
  const triggers = ({ apiUrl }: LocalAuthsignal) => {
    const REDIRECT_URL = 'https://app.example.com/fixed'
    const env = { AUTHSIGNAL_SECRET: secret, AUTHSIGNAL_URL: apiUrl, REDIRECT_URL }
    const built = (name: string) => ({ file: `dist/triggers/${name}/index.mjs`, env })
    return {
      defineAuthChallenge: built('define-auth-challenge'),
      createAuthChallenge: built('create-auth-challenge'),
      verifyAuthChallengeResponse: built('verify-auth-challenge-response'),
    }
  }
  const stack = await startAdaptive(t, { secret, triggers })
  const body = { ...DEVICE, locale: 'de', redirectUrl }
  await signIn(stack)
  tracked(stack)
  t.equal((await signIn(stack, body, { ip: OFFICE })).status, 200)
  const [{ idempotencyKey: _key, username: _name, ...told } = {}, ...more] = tracked(stack)
  t.strictSame(told, { email, redirectUrl: 'https://app.example.com/fixed' })
  t.strictSame(more, [])
})

for (const outcome of ['BLOCK', 'REVIEW'] as const) {
  t.test(`an address range with ${outcome} lets nobody start from there`, async (t) => {
    const stack = await startAdaptive(t)
    t.equal((await signIn(stack, {}, { ip: OFFICE })).status, 200)
    stack.authsignal.rules.add({ ipRange: ['198.51.100.0/24'], outcome })
    const sent = stack.authsignal.messages().length
    for (const [who, identifier] of Object.entries({
      'a user': { email },
      'somebody new': { email: 'new@example.com' },
      nobody: { username: 'nobody' },
    })) {
      const answer = await start(stack, identifier, { ip: ELSEWHERE })
      t.match(answer, BLOCKED, who)
      t.notOk('session' in answer.body || 'token' in answer.body || 'retry' in answer.body, who)
    }
    t.equal(stack.authsignal.messages().length, sent, 'nothing was sent')
    t.equal((await signIn(stack, {}, { ip: OFFICE })).status, 200, 'from elsewhere they do')
  })

  t.test(`a device that was never seen, with ${outcome}, lets only known ones start`, async (t) => {
    const stack = await startAdaptive(t)
    t.equal((await signIn(stack, DEVICE)).status, 200)
    stack.authsignal.rules.add({ newDevice: true, outcome })
    t.equal((await signIn(stack, DEVICE)).status, 200, 'the one of before')
    t.match(await start(stack, { email, deviceId: 'device-2' }), BLOCKED)
    t.match(await start(stack, { email }), BLOCKED, 'one that says nothing')
  })

  t.test(`${outcome} between start and finish ends the sign-in`, async (t) => {
    const stack = await startAdaptive(t)
    await signIn(stack)
    const { body } = await start(stack, { email })
    const token = await stack.user.pass(body.token, email)
    await review(stack, outcome === 'BLOCK' ? 'BLOCK' : 'REVIEW_REQUIRED')
    t.match(await finish(stack, { session: body.session, token }), BLOCKED)
  })

  t.test(`a rule with ${outcome} that comes during a sign-in holds for the next try`, async (t) => {
    const stack = await startAdaptive(t)
    await signIn(stack)
    const { body } = await start(stack, { email })
    stack.authsignal.rules.add({ outcome })
    t.match(await finish(stack, { session: body.session, token: 'wrong' }), BLOCKED)
  })
}

t.test('a rule that comes when the challenge is passed comes too late', async (t) => {
  const stack = await startAdaptive(t)
  const { body } = await start(stack, { email })
  const token = await stack.user.pass(body.token, email)
  stack.authsignal.rules.add({ outcome: 'BLOCK' })
  t.equal((await finish(stack, { session: body.session, token })).status, 200)
  t.match(await start(stack, { email }), BLOCKED, 'and holds for the next sign-in')
})

t.test('a wrong proof from a blocked address gets no second try', async (t) => {
  const stack = await startAdaptive(t)
  await signIn(stack)
  stack.authsignal.rules.add({ ipRange: [`${ELSEWHERE}/32`], outcome: 'BLOCK' })
  const { body } = await start(stack, { email }, { ip: OFFICE })
  const wrong = { session: body.session, token: 'wrong' }
  t.match(await finish(stack, wrong, { ip: ELSEWHERE }), BLOCKED)
})

t.test('what somebody sets in the portal is no proof either', async (t) => {
  const stack = await startAdaptive(t)
  await signIn(stack)
  for (const [state, expected] of [
    ['ALLOW', FAILED],
    ['REVIEW_SUCCEEDED', FAILED],
    ['REVIEW_FAILED', BLOCKED],
    ['CHALLENGE_FAILED', FAILED],
  ] as const) {
    const { body } = await start(stack, { email })
    const token = await stack.user.pass(body.token, email)
    await review(stack, state)
    t.match(await finish(stack, { session: body.session, token }), expected, state)
  }
})

const ALLOWING: Record<string, Rule> = {
  everybody: { outcome: 'ALLOW' },
  'an address range': { ipRange: ['203.0.113.0/24'], outcome: 'ALLOW' },
  'a known device': { newDevice: false, outcome: 'ALLOW' },
}
for (const [who, rule] of Object.entries(ALLOWING)) {
  t.test(`ALLOW for ${who} signs nobody in without a challenge`, async (t) => {
    const stack = await startAdaptive(t)
    await signIn(stack, DEVICE, { ip: OFFICE })
    stack.authsignal.rules.add(rule)
    const { body } = await start(stack, { email, ...DEVICE }, { ip: OFFICE })
    const { session, token } = body
    const refused = await finish(stack, { session, token }, { ip: OFFICE })
    t.match(refused, FAILED, 'the token of the start')
    const next = refused.body.retry
    t.match(await finish(stack, { session: next.session, token: next.token }), FAILED)
    t.equal((await signIn(stack, DEVICE, { ip: OFFICE })).status, 200, 'the challenge does')
  })
}

t.test('ALLOW lets nobody in who has nothing enrolled', async (t) => {
  const stack = await startAdaptive(t)
  stack.authsignal.rules.add({ outcome: 'ALLOW' })
  const { body } = await start(stack, { email })
  t.match(await finish(stack, { session: body.session, token: body.token }), FAILED)
})

t.test('CHALLENGE is what happens without a rule', async (t) => {
  const stack = await startAdaptive(t)
  stack.authsignal.rules.add({ newDevice: true, outcome: 'CHALLENGE' })
  for (const deviceId of ['device-1', 'device-2', 'device-1']) {
    t.equal((await signIn(stack, { deviceId })).status, 200)
  }
})

t.test('the first rule that fits decides', async (t) => {
  const stack = await startAdaptive(t)
  await signIn(stack, DEVICE)
  stack.authsignal.rules.add({ deviceId: 'device-1', outcome: 'CHALLENGE' })
  stack.authsignal.rules.add({ outcome: 'BLOCK' })
  t.equal((await signIn(stack, DEVICE)).status, 200)
  t.match(await start(stack, { email, deviceId: 'device-2' }), BLOCKED)
})
