import t from 'tap'
import { awsFault } from '../../local/index.ts'
import { EMAIL, PHONE, startAccountStack } from '../support/account.ts'
import { begin, expectRefused, here, NEW, VERIFIED, verify } from '../support/authenticators.ts'

t.test('a new phone number becomes that of the profile, verified', async (t) => {
  const stack = await here(t)
  const { ada } = stack
  const proof = await stack.user.enrolAndPass(await begin(ada, { phoneNumber: PHONE }), PHONE)
  stack.cognitoCalls()
  const first = await verify(ada, proof)
  t.match(first, { status: 200, body: { verificationMethod: 'SMS', phoneNumber: '+64*****67' } })
  t.strictSame(stack.cognitoCalls(), ['GetUser', 'AdminUpdateUserAttributes'])
  t.match((await ada.call('GET', '/me')).body, {
    email: EMAIL,
    phoneNumber: PHONE,
    phoneNumberVerified: true,
  })
  stack.cognitoCalls()
  t.strictSame((await verify(ada, proof)).body, first.body)
  t.strictSame(stack.cognitoCalls(), ['GetUser'], 'nothing is left to do')
  t.equal((await stack.signIn({ phoneNumber: PHONE })).status, 200, 'and signs the user in')
  t.equal(stack.cognito.users.list().length, 1)
})

for (const usernames of ['email-or-phone', 'alias', 'plain'] as const) {
  t.test(`an email address is changed by proving the new one: ${usernames}`, async (t) => {
    const stack = await here(t, { pool: { usernames } })
    const { ada } = stack
    const { status, body } = await stack.add(ada, NEW)
    t.match({ status, body }, { status: 200, body: { email: 'a***@example.org' } })
    t.match(stack.attributes(ada), { email: NEW, email_verified: 'true' })
    t.strictSame(
      (await stack.list(ada)).map(({ email }) => email),
      ['a***@example.org'],
      'the old address is no way in any more',
    )
    if (usernames === 'plain') return
    t.equal((await stack.signInAs(NEW)).sub, ada.sub)
    t.not((await stack.signInAs(EMAIL)).sub, ada.sub, 'the old address is somebody new')
  })
}

t.test('a proof of an address that was replaced since does not bring it back', async (t) => {
  const stack = await here(t)
  const { ada } = stack
  const old = await stack.user.enrolAndPass(await begin(ada), NEW)
  t.equal((await verify(ada, old)).status, 200)
  t.equal((await stack.add(ada, EMAIL)).status, 200)
  expectRefused(t, await verify(ada, old), 'the older proof')
  t.match(stack.attributes(ada), VERIFIED)
})

t.test('an address that Cognito holds unverified is marked verified', async (t) => {
  const stack = await here(t)
  const { ada } = stack
  const { username } = stack.cognito.users.find(EMAIL)!
  stack.cognito.users.put({ username, attributes: { phone_number: PHONE } })
  t.equal((await stack.add(ada, PHONE)).status, 200)
  t.match(stack.attributes(ada), { phone_number: PHONE, phone_number_verified: 'true' })
})

t.test('an address is stored in the one spelling that sign-ins look for', async (t) => {
  const stack = await here(t)
  const { ada } = stack
  const proof = await stack.user.enrolAndPass(await begin(ada), 'Ada.New@Example.ORG')
  t.equal((await verify(ada, proof)).status, 200)
  t.equal(stack.attributes(ada)['email'], NEW)
})

t.test('an address nobody could sign in with is not taken over', async (t) => {
  const stack = await here(t)
  const { ada } = stack
  const proof = await stack.user.enrolAndPass(await begin(ada), 'ada@localhost')
  expectRefused(t, await verify(ada, proof), 'no domain')
  t.match(stack.attributes(ada), VERIFIED)
})

for (const usernames of ['email-or-phone', 'alias', 'plain'] as const) {
  t.test(`an address is never taken from the user who holds it: ${usernames}`, async (t) => {
    const stack = await here(t, { pool: { usernames } })
    const { ada } = stack
    const holder = usernames === 'email-or-phone' ? NEW : 'grace'
    const attributes = { email: NEW, email_verified: 'true' }
    stack.cognito.users.put({ username: holder, attributes })
    stack.cognitoCalls()
    const proof = await stack.user.enrolAndPass(await begin(ada), NEW)
    const { status, body } = await verify(ada, proof)
    t.match({ status, body }, { status: 409, body: { code: 'address_in_use' } })
    t.match(stack.cognito.users.find(holder)!.attributes, attributes, 'the holder keeps it')
    t.match(stack.attributes(ada), VERIFIED)
    t.strictSame(
      (await stack.list(ada)).map(({ email }) => email),
      ['a***@example.com'],
      'nothing is half done',
    )
    expectRefused(t, await verify(ada, proof), 'the authenticator is gone')
    t.equal((await stack.signIn({ email: EMAIL })).status, 200)
  })
}

t.test('an address that others only claim is taken', async (t) => {
  const stack = await here(t, { pool: { usernames: 'alias' } })
  stack.cognito.users.put({ username: 'mallory', attributes: { email: NEW } })
  t.equal((await stack.add(stack.ada, NEW)).status, 200)
  t.match(stack.attributes(stack.ada), { email: NEW, email_verified: 'true' })
})

t.test('the holder is found on a later page too', async (t) => {
  const stack = await here(t, { pool: { usernames: 'alias' } })
  for (let number = 0; number < 61; number += 1) {
    stack.cognito.users.put({ username: `other${number}`, attributes: { email: NEW } })
  }
  const attributes = { email: NEW, email_verified: 'true' }
  stack.cognito.users.put({ username: 'grace', attributes })
  stack.cognitoCalls()
  t.equal((await stack.add(stack.ada, NEW)).status, 409)
  t.strictSame(stack.cognitoCalls(), ['GetUser', 'GetUser', 'ListUsers', 'ListUsers'])
})

t.test('who looks like the holder of every address is not', async (t) => {
  const stack = await here(t, { pool: { usernames: 'alias' } })
  const tricky = '"or"@example.org'
  stack.cognito.users.put({
    username: 'grace',
    attributes: { email: 'grace@example.org', email_verified: 'true' },
  })
  const proof = await stack.user.enrolAndPass(await begin(stack.ada), tricky)
  const { status } = await verify(stack.ada, proof)
  t.ok([200, 401].includes(status), 'quotes do not leave the filter')
})

t.test(
  'the address of an own account that is the alias of another stays, unverified, a way in',
  async (t) => {
    const stack = await startAccountStack(t, { pool: { usernames: 'alias' } })
    stack.cognito.users.put({ username: 'grace', attributes: VERIFIED })
    stack.cognito.users.put({ username: 'ada', attributes: { email: EMAIL } })
    const { body: started } = await stack.start({ username: 'ada' })
    const { body } = await stack.finish({
      session: started.session,
      token: await stack.user.pass(started.token, EMAIL),
    })
    const call = (path: string, given?: object) =>
      stack.call('POST', path, `Bearer ${body.accessToken}`, given)
    const { token } = (await call('/authenticators', {})).body
    const proof = await stack.user.enrolAndPass(token, EMAIL)
    t.match(await call('/authenticators/verify', { token: proof }), {
      status: 409,
      body: { code: 'address_in_use' },
    })
    t.strictSame(stack.methodsOf(stack.cognito.users.find('ada')!.sub), ['EMAIL_OTP'])
  },
)

t.test('a failure half-way can be repeated until both systems agree', async (t) => {
  const stack = await here(t, { pool: { usernames: 'alias' } })
  const { ada } = stack
  const proof = await stack.user.enrolAndPass(await begin(ada), NEW)
  const throttled = awsFault('TooManyRequestsException', 'Rate exceeded')
  for (const operation of ['ListUsers', 'AdminUpdateUserAttributes']) {
    stack.cognito.faults.add({ operation, fault: throttled, times: 1 })
    t.match(await verify(ada, proof), {
      status: 503,
      body: { code: 'upstream_unavailable', retryAfter: 1 },
    })
    t.match(stack.attributes(ada), VERIFIED, `${operation}: not changed`)
  }
  stack.authsignal.faults.add({
    operation: 'DELETE /users/:userId/authenticators/:userAuthenticatorId',
    fault: { kind: 'answer', status: 503, body: '{}' },
    times: 1,
  })
  t.equal((await verify(ada, proof)).status, 503, 'the old address is still a way in')
  t.equal((await verify(ada, proof)).status, 200)
  t.strictSame(
    (await stack.list(ada)).map(({ email }) => email),
    ['a***@example.org'],
  )
})

t.test('every way Cognito can refuse an address has its code', async (t) => {
  const stack = await here(t)
  const { ada } = stack
  const proof = await stack.user.enrolAndPass(await begin(ada), PHONE)
  const cases: [string, number, string][] = [
    ['UserNotFoundException', 401, 'invalid_token'],
    ['InvalidParameterException', 502, 'upstream_error'],
    ['AccessDeniedException', 502, 'upstream_error'],
    ['NotAuthorizedException', 502, 'upstream_error'],
    ['InternalErrorException', 503, 'upstream_unavailable'],
  ]
  for (const [name, status, code] of cases) {
    const fault = awsFault(name, `for ${PHONE}`)
    stack.cognito.faults.add({ operation: 'AdminUpdateUserAttributes', fault, times: 1 })
    t.match(await verify(ada, proof), { status, body: { code } }, name)
  }
  t.match(stack.log.join(''), '"reason":"AccessDeniedException"', 'the operator is told')
  t.notMatch(stack.log.join(''), PHONE)
  t.equal((await verify(ada, proof)).status, 200)
})

t.test('a list of users that cannot be read is not taken for nobody', async (t) => {
  const stack = await here(t, { pool: { usernames: 'alias' } })
  const { ada } = stack
  const proof = await stack.user.enrolAndPass(await begin(ada), NEW)
  const users = ['null', '{}', '[null]', '[{}]', '[{"Attributes":[{"Name":"email","Value":"x"}]}]']
  for (const body of ['{}', ...users.map((list) => `{"Users":${list}}`)]) {
    const fault = { kind: 'answer', status: 200, body } as const
    stack.cognito.faults.add({ operation: 'ListUsers', fault, times: 1 })
    t.match(await verify(ada, proof), { status: 502, body: { code: 'upstream_error' } }, body)
  }
  t.match(stack.attributes(ada), VERIFIED)
})
