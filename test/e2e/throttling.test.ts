import t, { type Test } from 'tap'
import { standingClock, type QuotaSettings } from '../../local/index.ts'
import { passkeyUser } from '../support/passkey-user.ts'
import { startStack, type Answer, type Stack, type StackOptions } from '../support/stack.ts'

const email = 'ada@example.com'
const SECOND = 1_000
type Categories = NonNullable<QuotaSettings['categories']>

interface Throttled extends Stack {
  /** All quotas are there again. */
  rest(): void
}

/** Cognito with quotas, whose time stands still. */
async function throttled(
  t: Test,
  categories: Categories = { UserAuthentication: 2 },
  options: StackOptions = {},
): Promise<Throttled> {
  const clock = standingClock()
  const { pool, ...rest } = options
  const stack = await startStack(t, { pool: { ...pool, quotas: { categories, clock } }, ...rest })
  return { ...stack, rest: () => clock.advance(SECOND) }
}

function expectLater(t: Test, { status, body, headers }: Answer, name: string): void {
  t.match(
    { status, body },
    { status: 503, body: { code: 'upstream_unavailable', retryAfter: 1 } },
    name,
  )
  t.equal(headers.get('retry-after'), '1', name)
}

const known = (stack: Stack) =>
  stack.cognito.users.put({ username: email, attributes: { email, email_verified: 'true' } })

t.test('a user who was made and then throttled can sign in a second later', async (t) => {
  const stack = await throttled(t, { UserAuthentication: 1 })
  expectLater(t, await stack.start({ email }), 'the second InitiateAuth')
  t.strictSame(stack.cognitoCalls(), ['InitiateAuth', 'AdminCreateUser', 'InitiateAuth'])
  stack.rest()
  t.equal((await stack.signIn({ email })).status, 200)
  t.strictSame(
    stack.cognitoCalls(),
    ['InitiateAuth', 'RespondToAuthChallenge', 'AdminUpdateUserAttributes'],
    'as somebody who is known, whose address is proven now',
  )
  t.equal(stack.cognito.users.list().length, 1)
})

t.test('a user who could not be made for now can be made later', async (t) => {
  const stack = await throttled(t, { UserCreation: 1 })
  t.equal((await stack.start({ email: 'bob@example.com' })).status, 200)
  expectLater(t, await stack.start({ email }), 'AdminCreateUser')
  stack.rest()
  t.equal((await stack.signIn({ email })).status, 200)
})

t.test('throttled starts stop nobody else and are not repeated', async (t) => {
  const stack = await throttled(t)
  known(stack)
  const { body: tokens } = await stack.signIn({ email })
  const { body: started } = await stack.start({ email })
  const proof = await stack.user.pass(started.token, email)
  stack.cognitoCalls()
  // More in a row than failures it takes to open a breaker.
  for (let time = 0; time < 30; time += 1) {
    const answer = await stack.start({ email: `${time}@example.com` })
    t.match(answer.body, { status: 503, retryAfter: 1 })
  }
  t.equal(stack.cognitoCalls().length, 30, 'each was asked once')
  t.equal((await stack.post('/refresh', tokens)).status, 400, 'unknown fields are still refused')
  const { refreshToken } = tokens
  t.equal((await stack.post('/refresh', { refreshToken })).status, 200, 'refreshes go on')
  const finished = await stack.finish({ session: started.session, token: proof })
  t.equal(finished.status, 200, 'and so do finishes')
  stack.rest()
  t.equal((await stack.start({ email })).status, 200, 'and starts, as soon as there is room')
})

t.test('a throttled refresh costs nobody their session', async (t) => {
  for (const grace of [undefined, 0]) {
    const client =
      grace === undefined
        ? {}
        : {
            refreshTokenRotation: { retryGracePeriodSeconds: grace },
            explicitAuthFlows: ['ALLOW_CUSTOM_AUTH'],
          }
    const stack = await throttled(t, { UserToken: 1 }, { client })
    known(stack)
    const first = await stack.signIn({ email })
    const second = await stack.signIn({ email })
    const refresh = ({ body: { refreshToken } }: Answer) => stack.post('/refresh', { refreshToken })
    t.equal((await refresh(first)).status, 200)
    expectLater(t, await refresh(second), 'the other one')
    expectLater(t, await refresh(second), 'no refusal is kept either')
    stack.rest()
    t.equal((await refresh(second)).status, 200)
  }
})

t.test('a throttled finish can be finished a second later, with the same proof', async (t) => {
  const stack = await throttled(t, { UserAuthentication: 1 })
  known(stack)
  const { body } = await stack.start({ email })
  const token = await stack.user.pass(body.token, email)
  // The quota of answers: three, and what starts leave over, which is none.
  for (let time = 0; time < 3; time += 1) {
    await fetch(stack.cognito.url, {
      method: 'POST',
      headers: { 'x-amz-target': 'AWSCognitoIdentityProviderService.RespondToAuthChallenge' },
      body: '{}',
    })
  }
  expectLater(t, await stack.finish({ session: body.session, token }), 'for now')
  stack.rest()
  t.equal((await stack.finish({ session: body.session, token })).status, 200)
})

t.test('who proves an address while it cannot be marked signs in all the same', async (t) => {
  const stack = await throttled(t, { UserUpdate: 1 })
  const people = ['bob@example.com', email]
  for (const one of people) t.equal((await stack.signIn({ email: one })).status, 200)
  const isVerified = () => stack.cognito.users.find(email)!.attributes['email_verified'] === 'true'
  t.notOk(isVerified(), 'it was too much for the second')
  stack.rest()
  t.equal((await stack.signIn({ email })).status, 200)
  t.ok(isVerified(), 'the next sign-in marks it')
})

t.test('a passkey that was used while starts are throttled is good a second later', async (t) => {
  const stack = await throttled(t, { UserAuthentication: 2 })
  known(stack)
  const { body } = await stack.start({ email })
  const proof = await stack.user.pass(body.token, email)
  await stack.finish({ session: body.session, token: proof })
  const passkeys = passkeyUser(stack)
  const token = await passkeys.use(await passkeys.create(proof))
  await stack.start({ email })
  const signIn = () => stack.post('/passkey-sign-in', { token })
  expectLater(t, await signIn(), 'for now')
  stack.rest()
  t.equal((await signIn()).status, 200)
})

t.test('a throttled start is not kept under its key', async (t) => {
  const stack = await throttled(t)
  known(stack)
  await stack.start({ email })
  await stack.start({ email })
  const headers = { 'idempotency-key': 'b3a1d0f2-6a3e-4b57-8d2c-0f1e2d3c4b5a' }
  const start = () => stack.post('/start-sign-in', { email }, headers)
  expectLater(t, await start(), 'for now')
  stack.rest()
  t.equal((await start()).status, 200)
})

t.test('one user over their own limit keeps nobody else from signing in', async (t) => {
  const stack = await throttled(t, {})
  known(stack)
  for (let time = 0; time < 10; time += 1) await stack.start({ email })
  expectLater(t, await stack.start({ email }), 'ten a second')
  t.equal((await stack.signIn({ email: 'bob@example.com' })).status, 200)
  stack.rest()
  t.equal((await stack.start({ email })).status, 200)
})
