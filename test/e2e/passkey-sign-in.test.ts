import t, { type Test } from 'tap'
import { awsFault } from '../../local/index.ts'
import { passkeyUser } from '../support/passkey-user.ts'
import { startStack, type StackOptions } from '../support/stack.ts'
import { oneRoundTriggers, twoRoundTriggers } from '../support/vendor-triggers.ts'

const email = 'ada@example.com'
const secret = 'tenant-secret'

/** A user who has signed in by email once and has then created a passkey. */
async function withPasskey(t: Test, options: StackOptions = {}) {
  const stack = await startStack(t, options)
  const { body } = await stack.start({ email })
  const proof = await stack.user.pass(body.token, email)
  const first = await stack.finish({ session: body.session, token: proof })
  const passkeys = passkeyUser(stack)
  const credential = await passkeys.create(proof)
  stack.cognitoCalls()
  const signIn = (body: object) => stack.post('/passkey-sign-in', body)
  return { stack, passkeys, credential, signIn, first: first.body }
}

const subOf = ({ accessToken }: { accessToken: string }) =>
  JSON.parse(Buffer.from(accessToken.split('.')[1]!, 'base64url').toString()).sub as string

for (const contextRound of ['off', 'on'] as const) {
  t.test(`a passkey signs in with one call, context round ${contextRound}`, async (t) => {
    const { stack, passkeys, credential, signIn, first } = await withPasskey(t, { contextRound })
    const { status, body } = await signIn({ token: await passkeys.use(credential) })
    t.equal(status, 200)
    t.match(body, { tokenType: 'Bearer', refreshToken: String, idToken: String })
    t.equal(subOf(body), subOf(first))
    t.strictSame(stack.cognitoCalls(), ['InitiateAuth', 'RespondToAuthChallenge'])
  })
}

for (const usernames of ['alias', 'plain'] as const) {
  t.test(`finds the user where the username is not the sub: ${usernames}`, async (t) => {
    const { passkeys, credential, signIn, first } = await withPasskey(t, { pool: { usernames } })
    const { status, body } = await signIn({ token: await passkeys.use(credential) })
    t.equal(status, 200)
    t.equal(subOf(body), subOf(first))
  })
}

t.test('each token is good for one call', async (t) => {
  const { passkeys, credential, signIn } = await withPasskey(t)
  const token = await passkeys.use(credential)
  const answers = await Promise.all(Array.from({ length: 10 }, () => signIn({ token })))
  t.equal(answers.filter(({ status }) => status === 200).length, 1)
  t.equal(answers.filter(({ status }) => status === 401).length, 9)
  t.match((await signIn({ token })).body, { code: 'challenge_failed', reason: 'refused' })
  t.equal((await signIn({ token: await passkeys.use(credential) })).status, 200)
})

t.test('a passkey that was removed signs nobody in, nor does a token from before', async (t) => {
  const { stack, passkeys, credential, signIn, first } = await withPasskey(t)
  const token = await passkeys.use(credential)
  const user = stack.authsignal.users.get(subOf(first))!
  user.authenticators = user.authenticators.filter((a) => a.verificationMethod !== 'PASSKEY')
  t.match((await signIn({ token })).body, { status: 401, code: 'challenge_failed' })
  await t.rejects(passkeys.use(credential), 'Authsignal refuses it as well')
})

t.test('only a passkey that was used for this action counts', async (t) => {
  const { stack, passkeys, credential, signIn } = await withPasskey(t)
  const { body } = await stack.start({ email })
  const tokens = {
    'of another action': await passkeys.use(credential, 'payment'),
    'of a challenge not taken': body.token,
    'of a code': await stack.user.pass(body.token, email),
    'of nobody': 'a.b.c',
  }
  for (const [name, token] of Object.entries(tokens)) {
    t.match((await signIn({ token })).body, { status: 401, code: 'challenge_failed' }, name)
  }
})

t.test('the proof of a sign-in that was started needs its session, before and after', async (t) => {
  for (const contextRound of ['off', 'on'] as const) {
    const { stack, passkeys, credential, signIn } = await withPasskey(t, { contextRound })
    stack.authsignal.clock.advance(1_000)
    const { body } = await stack.start({ email })
    const token = await passkeys.pass(credential, body.token)
    t.match((await signIn({ token })).body, { status: 401, code: 'challenge_failed' }, 'before')
    t.equal((await stack.finish({ session: body.session, token })).status, 200)
    t.match((await signIn({ token })).body, { status: 401, code: 'challenge_failed' }, 'after')
  }
})

t.test('a challenge that was left says so', async (t) => {
  const { stack, signIn } = await withPasskey(t)
  const { body } = await stack.start({ email })
  t.match((await signIn({ token: body.token })).body, { reason: 'unfinished' })
})

t.test('the username of the client makes nobody somebody else', async (t) => {
  const { stack, passkeys, credential, signIn, first } = await withPasskey(t)
  await stack.signIn({ email: 'bob@example.com' })
  const bob = stack.cognito.users.find('bob@example.com')!
  for (const username of [
    bob.username,
    'bob@example.com',
    'nobody',
    first.accessToken.slice(0, 100),
  ]) {
    const { status, body } = await signIn({ token: await passkeys.use(credential), username })
    t.equal(status, 200)
    t.equal(subOf(body), subOf(first))
  }
  // Not even where Authsignal has forgotten the name.
  delete stack.authsignal.users.get(subOf(first))!.attributes.username
  const { body } = await signIn({ token: await passkeys.use(credential), username: bob.username })
  t.match(body, { status: 401, code: 'challenge_failed' })
  const own = await signIn({ token: await passkeys.use(credential) })
  t.equal(subOf(own.body), subOf(first))
})

t.test('a rule that blocks holds for passkeys too', async (t) => {
  const { stack, passkeys, credential, signIn } = await withPasskey(t)
  for (const outcome of ['BLOCK', 'REVIEW'] as const) {
    const token = await passkeys.use(credential)
    stack.authsignal.rules.add({ outcome })
    t.match((await signIn({ token })).body, { status: 403, code: 'sign_in_blocked' }, outcome)
    stack.authsignal.rules.clear()
  }
})

t.test('a user who may not sign in is refused like a wrong proof', async (t) => {
  const { stack, passkeys, credential, signIn } = await withPasskey(t)
  const token = await passkeys.use(credential)
  stack.cognito.users.find(email)!.enabled = false
  t.match((await signIn({ token })).body, { status: 401, code: 'challenge_failed' })
})

t.test('what fails before the proof is used leaves it good', async (t) => {
  const { stack, passkeys, credential, signIn } = await withPasskey(t)
  const token = await passkeys.use(credential)
  stack.cognito.faults.add({
    operation: 'InitiateAuth',
    fault: awsFault('InternalErrorException', 'x'),
    times: 1,
  })
  t.match((await signIn({ token })).body, { status: 503, code: 'upstream_unavailable' })
  t.equal((await signIn({ token })).status, 200)
})

t.test("the vendor's triggers take passkeys as well", async (t) => {
  for (const triggers of [oneRoundTriggers(secret), twoRoundTriggers(secret)]) {
    const { passkeys, credential, signIn, first } = await withPasskey(t, { secret, triggers })
    const { status, body } = await signIn({ token: await passkeys.use(credential) })
    t.equal(status, 200)
    t.equal(subOf(body), subOf(first))
  }
})
