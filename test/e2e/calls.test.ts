import { createHash } from 'node:crypto'
import t, { type Test } from 'tap'
import { EMAIL, PHONE, startAccountStack, type SignedIn } from '../support/account.ts'
import { begin, here, stepUpProof, verify } from '../support/authenticators.ts'
import { passkeyUser } from '../support/passkey-user.ts'
import { startStack, type Stack, type StackOptions } from '../support/stack.ts'

// Each line of the first table in docs/capacity.md, counted where the calls arrive.

const email = EMAIL
const START = 'InitiateAuth'
const ANSWER = 'RespondToAuthChallenge'
const CREATE = 'AdminCreateUser'
/** By the trigger, once an address has been proven for the first time. */
const MARK = 'AdminUpdateUserAttributes'

const LOOKUP: StackOptions = { pool: { usernames: 'plain' }, env: { USERNAME_FORM: 'lookup' } }
/** The trigger asks whose the address is, where others may hold it. */
const WHOSE = 'AdminGetUser'

const SIGN_INS: readonly [name: string, options: StackOptions, first: string[], then: string[]][] =
  [
    ['by address', {}, [START, CREATE, START, ANSWER, MARK], [START, ANSWER]],
    [
      'with a context round',
      { contextRound: 'on' },
      [START, CREATE, START, ANSWER, ANSWER, MARK],
      [START, ANSWER, ANSWER],
    ],
    [
      'where the existence of users is told',
      { client: { preventUserExistenceErrors: 'LEGACY' } },
      [START, CREATE, START, ANSWER, MARK],
      [START, ANSWER],
    ],
    [
      'by SignUp',
      { pool: { signUpAllowed: true }, env: { PROVISIONING: 'sign-up' } },
      [START, 'SignUp', START, ANSWER, MARK],
      [START, ANSWER],
    ],
    [
      'with lookup',
      LOOKUP,
      ['ListUsers', CREATE, START, ANSWER, WHOSE, MARK],
      ['ListUsers', START, ANSWER],
    ],
  ]

for (const [name, options, first, then] of SIGN_INS) {
  t.test(
    `a sign-in ${name}: ${first.length} calls for a new user, ${then.length} later`,
    async (t) => {
      const stack = await startStack(t, options)
      t.equal((await stack.signIn({ email })).status, 200)
      t.strictSame(stack.cognitoCalls(), first)
      t.equal((await stack.signIn({ email })).status, 200)
      t.strictSame(stack.cognitoCalls(), then)
    },
  )
}

t.test('a sign-in where addresses are aliases: the first of all finds that out', async (t) => {
  const stack = await startStack(t, { pool: { usernames: 'alias' } })
  await stack.signIn({ email: 'first@example.com' })
  t.strictSame(stack.cognitoCalls(), [START, CREATE, CREATE, START, ANSWER, WHOSE, MARK])
  await stack.signIn({ email })
  t.strictSame(stack.cognitoCalls(), [START, CREATE, START, ANSWER, WHOSE, MARK])
  await stack.signIn({ email })
  t.strictSame(stack.cognitoCalls(), [START, ANSWER])
})

t.test('starts that are given up, starts for nobody, wrong proofs', async (t) => {
  const stack = await startStack(t, {})
  const { body } = await stack.start({ email })
  t.strictSame(stack.cognitoCalls(), [START, CREATE, START])
  t.equal((await stack.finish({ session: body.session, token: 'a.b.c' })).status, 401)
  t.strictSame(stack.cognitoCalls(), [ANSWER])
  await stack.start({ email })
  t.strictSame(stack.cognitoCalls(), [START])
  await stack.start({ username: 'nobody' })
  t.strictSame(stack.cognitoCalls(), [START])

  const closed = await startStack(t, { env: { PROVISIONING: 'none' } })
  const nobody = await closed.start({ email })
  t.strictSame(closed.cognitoCalls(), [START])
  await closed.finish({ session: nobody.body.session, token: 'a.b.c' })
  t.strictSame(closed.cognitoCalls(), [], 'there is nobody to be asked')
})

t.test('a start that is asked for twice with one key', async (t) => {
  const stack = await startStack(t, {})
  stack.cognito.users.put({ username: email, attributes: { email, email_verified: 'true' } })
  const headers = { 'idempotency-key': 'e6f3a1f0-0f3e-4a57-a2a2-f7f2d3a9f9c1' }
  await Promise.all([1, 2].map(() => stack.post('/start-sign-in', { email }, headers)))
  t.strictSame(stack.cognitoCalls(), [START])
})

t.test('a passkey, and an ID token of somebody new and known', async (t) => {
  const stack = await startStack(t, {})
  const { body } = await stack.start({ email })
  const proof = await stack.user.pass(body.token, email)
  await stack.finish({ session: body.session, token: proof })
  const passkeys = passkeyUser(stack)
  const token = await passkeys.use(await passkeys.create(proof))
  stack.cognitoCalls()
  t.equal((await stack.post('/passkey-sign-in', { token })).status, 200)
  t.strictSame(stack.cognitoCalls(), [START, ANSWER])

  t.equal(await socialSignIn(stack), 200)
  t.strictSame(stack.cognitoCalls(), [START, CREATE, START, ANSWER], 'created as verified')
  t.equal(await socialSignIn(stack), 200)
  t.strictSame(stack.cognitoCalls(), [START, ANSWER])
})

async function socialSignIn(stack: Stack): Promise<number> {
  const nonce = 'n-0S6_WzA2Mj'
  const hash = createHash('sha256').update(nonce).digest('hex')
  const claims = { email: 'bob@gmail.com', nonce: hash }
  const idToken = await stack.idTokens.idToken('google', claims)
  return (await stack.post('/id-token-sign-in', { idToken, nonce })).status
}

t.test('refreshes and sign-outs', async (t) => {
  const stack = await startAccountStack(t, {})
  const { refreshToken } = await stack.signInAs(email)
  stack.cognitoCalls()
  await Promise.all([1, 2, 3].map(() => stack.post('/refresh', { refreshToken })))
  t.strictSame(stack.cognitoCalls(), ['GetTokensFromRefreshToken'], 'however many tabs ask')
  await stack.post('/sign-out', { refreshToken })
  t.strictSame(stack.cognitoCalls(), ['RevokeToken'])
  const again = await stack.signInAs(email)
  stack.cognitoCalls()
  t.equal((await again.call('POST', '/sign-out-everywhere')).status, 204)
  t.strictSame(stack.cognitoCalls(), ['GlobalSignOut'])
})

/** What each operation of somebody who is signed in asks of Cognito. */
const ACCOUNT: readonly [string, (who: SignedIn) => Promise<unknown>, string[]][] = [
  ['the profile', (who) => who.call('GET', '/me'), ['GetUser']],
  [
    'a changed profile',
    (who) => who.call('PATCH', '/me', { name: 'Ada' }),
    ['GetUser', 'UpdateUserAttributes'],
  ],
  ['the authenticators', (who) => who.call('GET', '/authenticators'), ['GetUser']],
  ['the start of an enrolment', (who) => who.call('POST', '/authenticators', {}), ['GetUser']],
  [
    'the start of a step-up',
    (who) => who.call('POST', '/start-step-up', { action: 'pay' }),
    ['GetUser'],
  ],
]

t.test('what users do with their account', async (t) => {
  const stack = await here(t)
  for (const [name, ask, calls] of ACCOUNT) {
    await ask(stack.ada)
    t.strictSame(stack.cognitoCalls(), calls, name)
  }
  const token = await stepUpProof(stack, stack.ada, 'pay')
  stack.cognitoCalls()
  await stack.ada.call('POST', '/finish-step-up', { action: 'pay', token })
  t.strictSame(stack.cognitoCalls(), ['GetUser'], 'the end of a step-up')
  await stack.ada.call('DELETE', '/me')
  t.strictSame(stack.cognitoCalls(), ['GetUser', 'DeleteUser'], 'the end of an account')
})

for (const [usernames, more] of [
  ['email-or-phone', []],
  ['alias', ['ListUsers']],
] as const) {
  t.test(`an address is added and removed where usernames are: ${usernames}`, async (t: Test) => {
    const stack = await here(t, { pool: { usernames } })
    const proof = await stack.user.enrolAndPass(await begin(stack.ada), PHONE)
    stack.cognitoCalls()
    t.equal((await verify(stack.ada, proof)).status, 200)
    t.strictSame(stack.cognitoCalls(), ['GetUser', ...more, MARK])
    const list = await stack.list(stack.ada)
    const phone = list.find(({ verificationMethod }) => verificationMethod === 'SMS')
    stack.cognitoCalls()
    await stack.ada.call('DELETE', `/authenticators/${phone?.['authenticatorId']}`)
    t.strictSame(stack.cognitoCalls(), ['GetUser', MARK])
  })
}
