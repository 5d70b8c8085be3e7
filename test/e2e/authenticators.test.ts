import t from 'tap'
import { EMAIL, MINUTE, passApp, PHONE } from '../support/account.ts'
import { JWT_STARTS } from '../support/audit.ts'
import {
  begin,
  expectRefused,
  expectStepUpRequired,
  here,
  NEW,
  stepUpProof,
  verify,
} from '../support/authenticators.ts'

t.test('lists what is verified, with masked addresses and times to the second', async (t) => {
  const stack = await here(t)
  const { ada } = stack
  await stack.add(ada, PHONE)
  const { proof } = await stack.enrolApp(await begin(ada))
  await verify(ada, proof)
  await stack.user.call(await begin(ada), '/user-authenticators/email-otp', { email: NEW })
  t.ok(stack.authsignal.users.get(ada.sub)!.authenticators.some(({ email }) => email === NEW))
  stack.cognitoCalls()

  const { status, body } = await ada.call('GET', '/authenticators')
  t.equal(status, 200)
  t.strictSame(stack.cognitoCalls(), ['GetUser'])
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/
  const common = {
    authenticatorId: String,
    createdAt: time,
    verifiedAt: time,
    lastVerifiedAt: time,
  }
  t.match(body.authenticators, [
    { ...common, verificationMethod: 'EMAIL_OTP', email: 'a***@example.com' },
    { ...common, verificationMethod: 'SMS', phoneNumber: '+64*****67' },
    { ...common, verificationMethod: 'AUTHENTICATOR_APP' },
  ])
  t.equal(body.authenticators.length, 3, 'what nobody has finished is not shown')
  for (const shown of [EMAIL, PHONE, NEW]) t.notMatch(JSON.stringify(body), shown)
})

t.test('what changes the ways in needs a sign-in of a moment ago', async (t) => {
  const stack = await here(t, {}, { minutesAgo: 11 })
  const { ada } = stack
  const changes = [
    ['POST', '/authenticators', {}],
    ['DELETE', '/authenticators/authenticator-1', undefined],
    ['DELETE', '/me', undefined],
  ] as const
  for (const [method, path, body] of changes) {
    expectStepUpRequired(t, await ada.call(method, path, body), `${method} ${path}`)
  }
  t.notOk(
    stack.authsignalCalls().some((call) => !call.startsWith('GET')),
    'nothing was done',
  )
  t.ok(stack.cognito.users.find(EMAIL))
  t.equal((await stack.list(ada)).length, 1, 'looking needs none')
  t.equal((await ada.call('PATCH', '/me', { name: 'Ada' })).status, 200)

  const recent = await stack.signInAs(EMAIL, { minutesAgo: 9 })
  t.equal((await recent.call('POST', '/authenticators', {})).status, 200)
})

t.test('the operator decides how long a moment is', async (t) => {
  const stack = await here(t, { env: { RECENT_SIGN_IN_MINUTES: '60' } }, { minutesAgo: 50 })
  t.equal((await stack.ada.call('POST', '/authenticators', {})).status, 200)
})

t.test('a step-up within the sign-in stands for a recent one', async (t) => {
  const stack = await here(t, {}, { minutesAgo: 11 })
  const { ada } = stack
  const elsewhere = await stack.signInAs(EMAIL, { minutesAgo: 11 })
  const token = await stepUpProof(stack, ada)
  // Whether it was finished or not: Authsignal knows that it was passed.
  t.equal((await ada.call('POST', '/authenticators', {})).status, 200)
  const action = 'manageAuthenticators'
  t.equal((await ada.call('POST', '/finish-step-up', { action, token })).status, 200)
  t.equal((await stack.add(ada, PHONE)).status, 200)
  const [, phone] = await stack.list(ada)
  t.equal((await ada.call('DELETE', `/authenticators/${phone!['authenticatorId']}`)).status, 204)
  expectStepUpRequired(t, await elsewhere.call('DELETE', '/me'), 'not in another sign-in')
  t.equal((await ada.call('DELETE', '/me')).status, 204)
})

t.test('a step-up that was not passed, not here, not now or not for this does not', async (t) => {
  const stack = await here(t, {}, { minutesAgo: 11 })
  const { ada } = stack
  const bob = await stack.signInAs('bob@example.com')
  await ada.call('POST', '/start-step-up', { action: 'manageAuthenticators' })
  expectStepUpRequired(t, await ada.call('POST', '/authenticators', {}), 'only begun')
  await stepUpProof(stack, ada, 'authorizePayment')
  expectStepUpRequired(t, await ada.call('POST', '/authenticators', {}), 'another action')
  await stepUpProof(stack, await stack.signInAs(EMAIL))
  expectStepUpRequired(t, await ada.call('POST', '/authenticators', {}), 'another sign-in')
  const other = await bob.call('POST', '/start-step-up', { action: 'manageAuthenticators' })
  await stack.user.pass(other.body.token, 'bob@example.com')
  expectStepUpRequired(t, await ada.call('POST', '/authenticators', {}), 'another user')
  const { token } = await stack.server.track({
    userId: ada.sub,
    action: 'manageAuthenticators',
    attributes: {},
  })
  await stack.user.pass(token, EMAIL)
  expectStepUpRequired(t, await ada.call('POST', '/authenticators', {}), 'not begun by us')

  stack.authsignal.clock.advance(-11 * MINUTE)
  await stepUpProof(stack, ada)
  stack.authsignal.clock.advance(11 * MINUTE)
  expectStepUpRequired(t, await ada.call('POST', '/authenticators', {}), 'too long ago')
  await stepUpProof(stack, ada)
  t.equal((await ada.call('POST', '/authenticators', {})).status, 200, 'passed now')
})

t.test('a stolen token cannot enrol its way through a step-up', async (t) => {
  const stack = await here(t, { tenant: { enrolAfterAnyChallenge: true } }, { minutesAgo: 11 })
  const { ada } = stack
  // The owner signs in somewhere else, upon which any token of theirs may enrol for a while.
  await stack.signInAs(EMAIL)
  const action = 'manageAuthenticators'
  for (const enrol of [
    async (token: string) => (await stack.enrolApp(token)).proof,
    (token: string) => stack.user.enrolAndPass(token, 'mallory@example.net'),
  ]) {
    const { body } = await ada.call('POST', '/start-step-up', { action })
    const proof = await enrol(body.token)
    t.type(proof, 'string', 'Authsignal lets the thief enrol')
    expectStepUpRequired(t, await ada.call('POST', '/authenticators', {}), 'add')
    expectStepUpRequired(t, await ada.call('DELETE', '/me'), 'delete')
    expectRefused(t, await ada.call('POST', '/finish-step-up', { action, token: proof }), 'finish')
  }
})

t.test('removes one of several, and never the last', async (t) => {
  const stack = await here(t)
  const { ada } = stack
  const { app } = await stack.enrolApp(await begin(ada))
  const [mail, totp] = await stack.list(ada)
  stack.cognitoCalls()
  stack.authsignalCalls()
  const { status, body } = await ada.call('DELETE', `/authenticators/${totp!['authenticatorId']}`)
  t.equal(status, 204)
  t.equal(body, undefined)
  t.strictSame(stack.cognitoCalls(), ['GetUser'])
  t.strictSame(stack.authsignalCalls(), [
    'GET /users/:userId/authenticators',
    'DELETE /users/:userId/authenticators/:userAuthenticatorId',
  ])
  t.match(await ada.call('DELETE', `/authenticators/${totp!['authenticatorId']}`), {
    status: 404,
    body: { code: 'not_found' },
  })
  t.match(await ada.call('DELETE', `/authenticators/${mail!['authenticatorId']}`), {
    status: 409,
    body: { code: 'last_authenticator' },
  })
  t.equal((await stack.list(ada)).length, 1)

  const started = await stack.start({ email: EMAIL })
  stack.authsignal.clock.advance(MINUTE)
  await t.rejects(passApp(stack, started.body.token, app), 'the app signs nobody in any more')
})

t.test('an enrolment nobody finished is no way in, and can be removed', async (t) => {
  const stack = await here(t)
  const { ada } = stack
  await stack.user.call(await begin(ada), '/user-authenticators/totp')
  const [mail, totp] = stack.authsignal.users.get(ada.sub)!.authenticators
  const remove = (id: string) => ada.call('DELETE', `/authenticators/${id}`)
  t.equal((await remove(mail!.userAuthenticatorId)).status, 409)
  t.equal((await remove(totp!.userAuthenticatorId)).status, 204)
  t.equal((await remove(mail!.userAuthenticatorId)).status, 409)

  await stack.server.deleteUser({ userId: ada.sub })
  await stack.user.call(await begin(ada), '/user-authenticators/sms', { phoneNumber: PHONE })
  const [unfinished] = stack.authsignal.users.get(ada.sub)!.authenticators
  t.equal(
    (await remove(unfinished!.userAuthenticatorId)).status,
    204,
    'also when it is the only one',
  )
})

t.test('an authenticator of somebody else is not there', async (t) => {
  const stack = await here(t)
  const bob = await stack.signInAs('bob@example.com')
  await stack.add(bob, PHONE)
  for (const { authenticatorId } of await stack.list(bob)) {
    const answer = await stack.ada.call('DELETE', `/authenticators/${authenticatorId}`)
    t.match(answer, { status: 404, body: { code: 'not_found' } })
  }
  t.equal((await stack.list(bob)).length, 2)
})

t.test('an id that is none reaches nobody', async (t) => {
  const stack = await here(t)
  stack.authsignalCalls()
  for (const id of [
    '',
    'a%2Fb',
    '..%2f..%2fadmin',
    'a%20b',
    'a%3Fx',
    'x'.repeat(65),
    '%00',
    'a.b',
  ]) {
    const { status } = await stack.ada.call('DELETE', `/authenticators/${id}`)
    t.equal(status, 400, id)
  }
  for (const id of ['a/b', '../me2', 'x'.repeat(200)]) {
    const { status } = await stack.ada.call('DELETE', `/authenticators/${id}`)
    t.equal(status, 404, id)
  }
  t.strictSame(stack.authsignalCalls(), [])
})

t.test('an authenticator that is gone meanwhile is removed', async (t) => {
  const stack = await here(t)
  const { ada } = stack
  await stack.add(ada, PHONE)
  const [, phone] = await stack.list(ada)
  stack.authsignal.faults.add({
    operation: 'DELETE /users/:userId/authenticators/:userAuthenticatorId',
    fault: { kind: 'answer', status: 404, body: '{"error":"not_found"}' },
    times: 1,
  })
  t.equal((await ada.call('DELETE', `/authenticators/${phone!['authenticatorId']}`)).status, 204)
})

t.test('nothing of all this is logged', async (t) => {
  const stack = await here(t)
  const { ada } = stack
  const proof = await stack.user.enrolAndPass(await begin(ada, { email: NEW }), NEW)
  await verify(ada, proof)
  await ada.call('DELETE', `/authenticators/${(await stack.list(ada))[0]!['authenticatorId']}`)
  const log = stack.log.join('')
  t.match(log, '/authenticators/:authenticatorId')
  for (const word of [EMAIL, NEW, ...JWT_STARTS, ada.sub]) t.notOk(log.includes(word), word)
})
