import { createHash } from 'node:crypto'
import t, { type Test } from 'tap'
import { startStack, type Answer, type Stack, type StackOptions } from '../support/stack.ts'
import { twoRoundTriggers } from '../support/vendor-triggers.ts'

const email = 'ada@gmail.com'
const nonce = 'n-0S6_WzA2Mj'
const hash = createHash('sha256').update(nonce).digest('hex')
const secret = 'tenant-secret'

interface Social extends Stack {
  idTokenSignIn(body: object): Promise<Answer>
  /** A fresh token of the provider, sent at once. */
  social(provider: 'google' | 'apple', address?: string, claims?: object): Promise<Answer>
}

async function startSocial(t: Test, options: StackOptions = {}): Promise<Social> {
  const stack = await startStack(t, options)
  const idTokenSignIn = (body: object) => stack.post('/id-token-sign-in', body)
  return {
    ...stack,
    idTokenSignIn,
    social: async (provider, address = email, claims = {}) =>
      idTokenSignIn({
        idToken: await stack.idTokens.idToken(provider, { email: address, nonce: hash, ...claims }),
        nonce,
      }),
  }
}

const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as Record<string, unknown>

const REFUSED = { status: 401, code: 'challenge_failed', reason: 'refused' }

for (const contextRound of ['off', 'on'] as const) {
  for (const preventUserExistenceErrors of ['LEGACY', 'ENABLED'] as const) {
    t.test(
      `new and returning: context ${contextRound}, ${preventUserExistenceErrors}`,
      async (t) => {
        const stack = await startSocial(t, { contextRound, client: { preventUserExistenceErrors } })
        for (const provider of ['google', 'apple'] as const) {
          const address = `${provider}@gmail.com`
          const first = await stack.social(provider, address)
          t.equal(first.status, 200, JSON.stringify(first.body))
          t.match(claimsOf(first.body.idToken), { email: address, email_verified: true })
          const again = await stack.social(provider, address)
          t.equal(claimsOf(again.body.idToken)['sub'], claimsOf(first.body.idToken)['sub'])
        }
        t.equal(stack.cognito.users.list().length, 2)
      },
    )
  }
}

for (const usernames of ['alias', 'plain'] as const) {
  t.test(`in a pool of ${usernames} usernames`, async (t) => {
    const stack = await startSocial(t, { pool: { usernames } })
    t.equal((await stack.social('google')).status, 200)
    t.equal((await stack.social('google')).status, 200)
    t.equal(stack.cognito.users.list().length, 1)
    t.equal((await stack.signIn({ email })).status, 200, 'by email as well')
    t.equal(stack.cognito.users.list().length, 1)
  })
}

t.test('without AWS credentials, by SignUp', async (t) => {
  const stack = await startSocial(t, {
    pool: { signUpAllowed: true },
    env: { PROVISIONING: 'sign-up' },
  })
  t.equal((await stack.social('apple')).status, 200)
  t.strictSame(stack.cognitoCalls(), [
    'InitiateAuth',
    'SignUp',
    'InitiateAuth',
    'RespondToAuthChallenge',
  ])
  t.equal(stack.cognito.users.find(email)!.attributes['email_verified'], 'true')
})

t.test('an account whose address its owner has proven is entered, whichever way', async (t) => {
  const stack = await startSocial(t)
  const first = await stack.signIn({ email })
  const second = await stack.social('google')
  t.equal(claimsOf(second.body.idToken)['sub'], claimsOf(first.body.idToken)['sub'])
})

t.test('an account that somebody registered and nobody has proven is not entered', async (t) => {
  const stack = await startSocial(t)
  await stack.start({ email })
  t.match((await stack.social('google')).body, REFUSED)
  t.match((await stack.social('apple')).body, REFUSED)
  t.equal((await stack.signIn({ email })).status, 200)
  t.equal((await stack.social('google')).status, 200, 'once it is proven')
})

t.test('each token is good for one call, with a nonce for whoever asked for it', async (t) => {
  const stack = await startSocial(t)
  const idToken = await stack.idTokens.idToken('google', { email, nonce: hash })
  t.match((await stack.idTokenSignIn({ idToken })).body, REFUSED)
  t.match((await stack.idTokenSignIn({ idToken, nonce: 'another' })).body, REFUSED)
  t.match((await stack.idTokenSignIn({ idToken, nonce: hash })).body, REFUSED, 'read in the token')
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => stack.idTokenSignIn({ idToken, nonce })),
  )
  t.equal(answers.filter(({ status }) => status === 200).length, 1)
  t.equal(answers.filter(({ status }) => status === 401).length, 9)
  t.match((await stack.idTokenSignIn({ idToken, nonce })).body, REFUSED)
})

t.test('what the token says has to hold', async (t) => {
  const stack = await startSocial(t)
  const now = Math.floor(Date.now() / 1000)
  for (const claims of [
    { aud: 'another-app' },
    { iss: 'https://accounts.google.com' },
    { exp: now - 1 },
    { email_verified: false },
    { email: 'ada@example.com' },
    { nonce: null },
  ]) {
    t.match((await stack.social('google', email, claims)).body, REFUSED, JSON.stringify(claims))
  }
  t.equal((await stack.social('google', 'ada@example.com', { hd: 'example.com' })).status, 200)
  const apple = await stack.idTokens.idToken('apple', { email, nonce: hash })
  const [header, payload] = apple.split('.')
  t.match(
    (await stack.idTokenSignIn({ idToken: `${header}.${payload}.AAAA`, nonce })).body,
    REFUSED,
  )
  t.strictSame(stack.cognito.users.list().length, 1)
})

t.test('nobody is created where none are, and a disabled user is refused', async (t) => {
  const stack = await startSocial(t, { env: { PROVISIONING: 'none' } })
  t.match((await stack.social('google')).body, REFUSED)
  stack.cognito.users.put({ username: email, attributes: { email, email_verified: 'true' } })
  t.equal((await stack.social('google')).status, 200)
  stack.cognito.users.find(email)!.enabled = false
  t.match((await stack.social('google')).body, REFUSED)
})

t.test('rules that block hold, with and without the context round', async (t) => {
  for (const contextRound of ['off', 'on'] as const) {
    const stack = await startSocial(t, { contextRound })
    stack.authsignal.rules.add({ outcome: 'BLOCK' })
    t.match((await stack.social('google')).body, { status: 403, code: 'sign_in_blocked' })
  }
})

t.test('while the keys cannot be had, nobody is refused for it', async (t) => {
  const stack = await startSocial(t)
  stack.idTokens.faults.add({
    operation: 'GET /google/jwks',
    fault: { kind: 'answer', status: 500 },
    times: 1,
  })
  const idToken = await stack.idTokens.idToken('google', { email, nonce: hash })
  t.match((await stack.idTokenSignIn({ idToken, nonce })).body, { code: 'upstream_unavailable' })
  t.equal((await stack.idTokenSignIn({ idToken, nonce })).status, 200)
})

t.test("the vendor's triggers are told which provider, and get the token", async (t) => {
  const stack = await startSocial(t, { secret, triggers: twoRoundTriggers(secret) })
  await stack.social('apple')
  const answers = stack.cognito.calls.filter(
    ({ operation }) => operation === 'RespondToAuthChallenge',
  )
  t.match(
    answers.map(({ body }) => body),
    [
      { ClientMetadata: { signInMethod: 'APPLE' }, ChallengeResponses: { ANSWER: '__dummy__' } },
      { ClientMetadata: { signInMethod: 'APPLE' }, ChallengeResponses: { ANSWER: /^ey/ } },
    ],
  )
})

t.test('no token, nonce or address reaches the log', async (t) => {
  const stack = await startSocial(t, { env: { LOG_LEVEL: 'trace' } })
  const idToken = await stack.idTokens.idToken('google', { email, nonce: hash })
  await stack.idTokenSignIn({ idToken, nonce: 'wrong' })
  await stack.idTokenSignIn({ idToken, nonce })
  const log = stack.log.join('')
  for (const secretText of [email, nonce, ...idToken.split('.')]) {
    t.notOk(log.includes(secretText), secretText.slice(0, 8))
  }
})
