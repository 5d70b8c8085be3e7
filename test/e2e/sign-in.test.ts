import t from 'tap'
import { JwtVerifier } from 'aws-jwt-verify'
import type { Jwks } from 'aws-jwt-verify/jwk'
import { startStack } from '../support/stack.ts'

const email = 'ada@example.com'

t.test('a new user signs in by email code with the fewest calls', async (t) => {
  const stack = await startStack(t)
  const { status, body } = await stack.signIn({ email })
  t.equal(status, 200)
  t.match(body, {
    accessToken: String,
    idToken: String,
    refreshToken: String,
    tokenType: 'Bearer',
    expiresIn: 3600,
  })
  t.strictSame(stack.cognitoCalls(), [
    'InitiateAuth',
    'AdminCreateUser',
    'InitiateAuth',
    'RespondToAuthChallenge',
    'AdminUpdateUserAttributes',
  ])
  t.match(stack.cognito.users.find(email)?.attributes, { email, email_verified: 'true' })
})

t.test('a returning user costs one InitiateAuth and one RespondToAuthChallenge', async (t) => {
  const stack = await startStack(t)
  await stack.signIn({ email })
  stack.cognitoCalls()
  stack.authsignal.calls.length = 0
  t.equal((await stack.signIn({ email })).status, 200)
  t.strictSame(stack.cognitoCalls(), ['InitiateAuth', 'RespondToAuthChallenge'])
  const serverCalls = stack.authsignal.calls.filter(({ operation }) => !/client/.test(operation))
  t.strictSame(
    serverCalls.map(({ operation }) => operation).toSorted(),
    [
      'GET /users/:userId/actions',
      'GET /users/:userId/authenticators',
      'GET /users/:userId/authenticators',
      'POST /users/:userId/actions/:action',
      'POST /validate',
    ],
    'two at once in the first trigger, three in the second',
  )
})

t.test('a new user signs in by text message', async (t) => {
  const stack = await startStack(t)
  const phoneNumber = '+6421234567'
  t.equal((await stack.signIn({ phoneNumber })).status, 200)
  t.match(stack.cognito.users.find(phoneNumber)?.attributes, {
    phone_number: phoneNumber,
    phone_number_verified: 'true',
  })
  t.equal((await stack.signIn({ phoneNumber })).status, 200)
})

t.test('one spelling: the same person however the address is typed', async (t) => {
  const stack = await startStack(t)
  await stack.signIn({ email })
  const { body } = await stack.start({ email: '  ADA@Example.COM ' })
  t.type(body.token, 'string')
  t.equal(stack.cognito.users.list().length, 1)
})

t.test('the tokens verify with aws-jwt-verify', async (t) => {
  const { cognito, ...stack } = await startStack(t)
  const { body } = await stack.signIn({ email })
  const jwks = (await (await fetch(cognito.jwksUrl)).json()) as Jwks

  const generic = JwtVerifier.create({
    issuer: cognito.issuer,
    audience: null,
    jwksUri: 'https://unused.invalid/',
  })
  generic.cacheJwks(jwks)
  t.equal((await generic.verify(body.accessToken))['token_use'], 'access')
  t.equal((await generic.verify(body.idToken))['email'], email)
})

t.test('the client sees nothing of Cognito', async (t) => {
  const stack = await startStack(t)
  const { body, headers } = await stack.start({ email })
  t.strictSame(Object.keys(body).toSorted(), ['expiresIn', 'session', 'token', 'url'])
  t.equal(body.expiresIn, 180)
  t.equal(headers.get('cache-control'), 'no-store')
  const user = stack.cognito.users.find(email)!
  t.notMatch(JSON.stringify(body.session), user.username)
})

t.test('a wrong proof can be mended with the session in retry, three times in all', async (t) => {
  const stack = await startStack(t)
  let { body } = await stack.start({ email })
  for (const round of [1, 2]) {
    const refused = await stack.finish({ session: body.session, token: body.token })
    t.equal(refused.status, 401)
    t.equal(refused.body.code, 'challenge_failed')
    t.match(
      refused.body.retry,
      { session: String, token: String, url: String, expiresIn: 180 },
      `${round}`,
    )
    body = refused.body.retry
  }
  const token = await stack.user.pass(body.token, email)
  t.equal((await stack.finish({ session: body.session, token })).status, 200, 'third and right')
})

t.test('the third wrong proof ends the sign-in', async (t) => {
  const stack = await startStack(t)
  let { body } = await stack.start({ email })
  for (const _round of [1, 2]) {
    body = (await stack.finish({ session: body.session, token: 'wrong' })).body.retry
  }
  const over = await stack.finish({ session: body.session, token: 'wrong' })
  t.match(over.body, { status: 401, code: 'challenge_failed' })
  t.notOk('retry' in over.body)
})

t.test('a session is good for one finish and for its time', async (t) => {
  const stack = await startStack(t)
  const { body } = await stack.start({ email })
  const token = await stack.user.pass(body.token, email)
  t.equal((await stack.finish({ session: body.session, token })).status, 200)
  t.match((await stack.finish({ session: body.session, token })).body, {
    status: 401,
    code: 'session_expired',
  })
  const late = await stack.start({ email })
  stack.cognito.clock.advance(4 * 60_000)
  const proof = await stack.user.pass(late.body.token, email)
  t.match((await stack.finish({ session: late.body.session, token: proof })).body, {
    code: 'session_expired',
  })
})

t.test('fifty starts of one new address at once make one user', async (t) => {
  const stack = await startStack(t)
  const starts = await Promise.all(Array.from({ length: 50 }, () => stack.start({ email })))
  t.strictSame(new Set(starts.map(({ status }) => status)), new Set([200]))
  t.equal(stack.cognito.users.list().length, 1)
  const { session, token } = starts[49]!.body
  t.equal((await stack.finish({ session, token: await stack.user.pass(token, email) })).status, 200)
})
