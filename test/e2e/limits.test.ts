import { createHash } from 'node:crypto'
import t, { type Test } from 'tap'
import { WITHOUT_LIMITS } from '../support/config.ts'
import { startStack, type Answer, type Stack } from '../support/stack.ts'

const nonce = 'n-0S6_WzA2Mj'
const known = { username: 'ada', attributes: { email: 'ada@example.com', email_verified: 'true' } }

function upstreamCalls({ cognito, authsignal }: Stack): number {
  return cognito.calls.length + authsignal.calls.length
}

/** All of an answer that could tell one person from another. */
function looks({ status, headers, body }: Answer): unknown {
  const { instance: _instance, requestId: _id, retryAfter: _seconds, ...rest } = body
  const changing = new Set(['x-request-id', 'date', 'retry-after'])
  const shown = [...headers].filter(([name]) => !changing.has(name))
  return { status, headers: shown, body: rest }
}

/** The answer to the first request that is too many, which no upstream has heard of. */
async function refusal(stack: Stack, ask: () => Promise<Answer>): Promise<Answer> {
  for (let time = 0; time < 20; time += 1) {
    const before = upstreamCalls(stack)
    const answer = await ask()
    if (answer.status !== 429) continue
    if (upstreamCalls(stack) !== before) throw new Error('an upstream was called')
    return answer
  }
  throw new Error('nothing was refused')
}

/** Some of the time is over when the answer comes. */
function expectWait(t: Test, { status, headers, body }: Answer, seconds: number): void {
  t.match({ status, code: body.code }, { status: 429, code: 'too_many_requests' })
  t.ok(body.retryAfter > seconds / 2 && body.retryAfter <= seconds, String(body.retryAfter))
  t.equal(headers.get('retry-after'), String(body.retryAfter))
}

t.test('too many starts for one person are refused alike, whoever it is', async (t) => {
  for (const preventUserExistenceErrors of ['LEGACY', 'ENABLED'] as const) {
    const stack = await startStack(t, {
      pool: { usernames: 'plain' },
      client: { preventUserExistenceErrors },
      env: { ...WITHOUT_LIMITS, RATE_LIMIT_IDENTIFIER: '3/3600' },
    })
    stack.cognito.users.put(known)
    stack.cognito.users.put({ ...known, username: 'gone', enabled: false })
    const seen = []
    for (const username of ['ada', 'gone', 'nobody']) {
      const answer = await refusal(stack, () => stack.start({ username }))
      expectWait(t, answer, 1_200)
      seen.push(JSON.stringify(looks(answer)))
    }
    t.equal(new Set(seen).size, 1)
  }
})

t.test('each limit is kept, and named where it is about an address', async (t) => {
  const phoneNumber = '+6421234567'
  const email = 'ada@example.com'
  for (const [name, bodyOf, policy] of [
    ['RATE_LIMIT_IP', () => ({ email }), '"ip";q=3;w=3600'],
    ['RATE_LIMIT_START_IP', () => ({ email }), '"start";q=3;w=3600'],
    ['RATE_LIMIT_IDENTIFIER', () => ({ email }), null],
    ['RATE_LIMIT_COUNTRY', (n: number) => ({ phoneNumber: `+642123456${n}` }), null],
    ['RATE_LIMIT_PREFIX', (n: number) => ({ phoneNumber: `+642123456${n}` }), null],
  ] as const) {
    const rate = name === 'RATE_LIMIT_PREFIX' ? '3/3600/10' : '3/3600'
    const stack = await startStack(t, { env: { ...WITHOUT_LIMITS, [name]: rate } })
    let count = 0
    const answer = await refusal(stack, () => stack.start(bodyOf((count += 1))))
    t.equal(count, 4, name)
    expectWait(t, answer, 1_200)
    t.equal(answer.headers.get('ratelimit-policy'), policy, name)
    const requests = stack.log.filter((line) => !line.includes('Server listening'))
    t.notMatch(requests.join(' '), /ada@|2123456|127\.0\.0\.1/)
    t.equal((await stack.start({ phoneNumber, email })).status, name.endsWith('IP') ? 429 : 400)
  }
})

t.test('a session, a refresh token and an access token are each used so often', async (t) => {
  const stack = await startStack(t, { env: { ...WITHOUT_LIMITS, RATE_LIMIT_SESSION: '2/3600' } })
  const { body: tokens } = await stack.signIn({ email: 'ada@example.com' })
  const { body: started } = await stack.start({ email: 'ada@example.com' })
  const me = async () => {
    const headers = { authorization: `Bearer ${tokens.accessToken}` }
    const response = await fetch(`${stack.url}/me`, { headers })
    return { status: response.status, headers: response.headers, body: await response.json() }
  }
  const { refreshToken } = tokens
  for (const ask of [
    () => stack.finish({ session: started.session, token: 'wrong' }),
    () => stack.post('/refresh', { refreshToken }),
    me,
  ]) {
    expectWait(t, await refusal(stack, ask), 1_800)
  }
})

t.test('sign-ins with an ID token count for the address in it', async (t) => {
  const stack = await startStack(t, { env: { ...WITHOUT_LIMITS, RATE_LIMIT_IDENTIFIER: '2/3600' } })
  const email = 'ada@gmail.com'
  t.equal((await stack.start({ email })).status, 200)
  t.equal((await stack.start({ email })).status, 200)
  const refused = await refusal(stack, async () => {
    const idToken = await stack.idTokens.idToken('google', {
      email,
      nonce: createHash('sha256').update(nonce).digest('hex'),
    })
    return stack.post('/id-token-sign-in', { idToken, nonce })
  })
  t.match(refused.body, { code: 'too_many_requests' })
})

t.test('only numbers of the countries that are served can be used', async (t) => {
  const stack = await startStack(t, { env: { PHONE_COUNTRIES: 'NZ, AU' } })
  const refused = await stack.start({ phoneNumber: '+18765551234' })
  t.match(refused, { status: 400, body: { errors: [{ pointer: '/phoneNumber' }] } })
  t.equal(upstreamCalls(stack), 0)
  t.equal((await stack.signIn({ phoneNumber: '+6421234567' })).status, 200)
})

t.test('an ordinary day is well within the defaults', async (t) => {
  const stack = await startStack(t)
  for (let person = 0; person < 5; person += 1) {
    const email = `person-${person}@example.com`
    for (let time = 0; time < 3; time += 1) t.equal((await stack.signIn({ email })).status, 200)
  }
})
