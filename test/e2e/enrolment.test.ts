import t from 'tap'
import { EMAIL, MINUTE, PHONE, type SignedIn } from '../support/account.ts'
import {
  begin,
  expectRefused,
  here,
  NEW,
  stepUpProof,
  verify,
  type Here,
} from '../support/authenticators.ts'

t.test('an enrolment is tracked with what the service knows', async (t) => {
  const stack = await here(t, {
    env: { ALLOWED_REDIRECT_URLS: 'https://app.example.com/done' },
  })
  const { ada } = stack
  const redirectUrl = 'https://app.example.com/done?x=1'
  const { status, body } = await ada.call('POST', '/authenticators', {
    email: '  ADA.New@Example.ORG ',
    redirectUrl,
  })
  t.equal(status, 200)
  t.strictSame(Object.keys(body).toSorted(), ['token', 'url'])
  t.strictSame(stack.cognitoCalls(), ['GetUser'])
  const [call, ...rest] = stack.authsignal.calls.splice(0)
  t.strictSame(rest, [])
  t.match(call, {
    operation: 'POST /users/:userId/actions/:action',
    body: {
      idempotencyKey: /^[\w-]{48}$/,
      scope: 'add:authenticators',
      username: stack.cognito.users.find(EMAIL)!.username,
      email: NEW,
      redirectUrl,
      ipAddress: /^(127\.0\.0\.1|::1)$/,
      userAgent: 'node',
    },
  })
})

t.test('an app or passkey needs nothing of Cognito but to know the caller', async (t) => {
  const stack = await here(t)
  const { ada } = stack
  const { proof } = await stack.enrolApp(await begin(ada))
  stack.cognitoCalls()
  const first = await verify(ada, proof)
  t.equal(first.status, 200)
  t.match(first.body, { verificationMethod: 'AUTHENTICATOR_APP', authenticatorId: String })
  t.strictSame(stack.cognitoCalls(), ['GetUser'])
  t.strictSame((await verify(ada, proof)).body, first.body, 'repeating answers the same')
})

t.test('an enrolment that was left or failed says which', async (t) => {
  const stack = await here(t)
  const { ada } = stack
  const token = await begin(ada)
  expectRefused(t, await verify(ada, token), 'not begun', 'unfinished')
  await stack.user.call(token, '/user-authenticators/sms', { phoneNumber: PHONE })
  expectRefused(t, await verify(ada, token), 'begun', 'unfinished')
  expectRefused(t, await verify(ada, 'a.b.c'), 'no token')
  expectRefused(t, await verify(ada, `${token}x`), 'a broken token')
  t.notOk(stack.attributes(ada)['phone_number'])
})

t.test('an enrolment that nobody verified proves nothing, whatever its state says', async (t) => {
  const stack = await here(t)
  const { ada } = stack
  const token = await begin(ada)
  await stack.user.call(token, '/user-authenticators/sms', { phoneNumber: PHONE })
  const { idempotencyKey = '' } = await stack.server.validateChallenge({ token })
  await stack.server.updateAction({
    userId: ada.sub,
    action: 'addAuthenticator',
    idempotencyKey,
    attributes: { state: 'CHALLENGE_SUCCEEDED' as never },
  })
  expectRefused(t, await verify(ada, token), 'no method')
  const [, phone] = stack.authsignal.users.get(ada.sub)!.authenticators
  const action = [...stack.authsignal.users.get(ada.sub)!.actions.values()].at(-1)!
  action.verificationMethod = 'SMS'
  expectRefused(t, await verify(ada, token), 'the method only')
  action.verifiedByAuthenticatorId = phone!.userAuthenticatorId
  expectRefused(t, await verify(ada, token), 'the authenticator too')
  t.notOk(stack.attributes(ada)['phone_number'])
})

t.test('a proof that was not made for this user, sign-in and purpose is refused', async (t) => {
  const stack = await here(t)
  const { ada } = stack
  const bob = await stack.signInAs('bob@example.com')
  const elsewhere = await stack.signInAs(EMAIL)
  t.equal(elsewhere.sub, ada.sub)
  const proofs: Record<string, string | undefined> = {
    'of another user': await stack.user.enrolAndPass(await begin(bob), PHONE),
    'of another sign-in': await stack.user.enrolAndPass(await begin(elsewhere), PHONE),
    'of a sign-in': await signInProof(stack),
    'of a step-up': await stepUpProof(stack, ada, 'authorizePayment'),
    'of a step-up to manage authenticators': await stepUpProof(stack, ada),
    'of an action of somebody with the secret': await foreignProof(stack, ada),
  }
  for (const [name, proof] of Object.entries(proofs)) {
    expectRefused(t, await verify(ada, proof), name)
  }
  t.notOk(stack.attributes(ada)['phone_number'])
  t.equal((await verify(elsewhere, proofs['of another sign-in'])).status, 200, 'its own may')
})

t.test(
  'where Authsignal does not say which authenticator it was, the newest one counts',
  async (t) => {
    const stack = await here(t)
    const { ada } = stack
    await stack.add(ada, PHONE)
    stack.authsignal.clock.advance(MINUTE)
    const second = '+6421234599'
    const proof = await stack.user.enrolAndPass(await begin(ada), second)
    const actions = stack.authsignal.users.get(ada.sub)!.actions.values()
    for (const action of actions) delete action.verifiedByAuthenticatorId
    t.match((await verify(ada, proof)).body, { phoneNumber: '+64*****99' })
    t.match(stack.attributes(ada), { phone_number: second, phone_number_verified: 'true' })
  },
)

t.test('an authenticator that was removed since, or never was, does not count', async (t) => {
  const stack = await here(t)
  const { ada } = stack
  const { proof } = await stack.enrolApp(await begin(ada))
  const [, app] = stack.authsignal.users.get(ada.sub)!.authenticators
  await stack.server.deleteAuthenticator({
    userId: ada.sub,
    userAuthenticatorId: app!.userAuthenticatorId,
  })
  expectRefused(t, await verify(ada, proof), 'removed')
  const token = await begin(ada, { phoneNumber: PHONE })
  await stack.user.call(token, '/challenge/whatsapp')
  const [message] = stack.authsignal.messages(PHONE)
  const passed = await stack.user.call(token, '/verify/whatsapp', {
    verificationCode: message!.code,
  })
  expectRefused(t, await verify(ada, passed.body.accessToken), 'leaves none behind')
  t.notOk(stack.attributes(ada)['phone_number'])
})

t.test('a rule can block an enrolment, before and after it began', async (t) => {
  const stack = await here(t)
  const { ada } = stack
  for (const outcome of ['BLOCK', 'REVIEW'] as const) {
    stack.authsignal.rules.add({ action: 'addAuthenticator', outcome })
    const answer = await ada.call('POST', '/authenticators', {})
    t.match(answer, { status: 403, body: { code: 'sign_in_blocked' } }, outcome)
    t.notMatch(JSON.stringify(answer.body), 'eyJ')
    stack.authsignal.rules.clear()
  }
  const { proof } = await stack.enrolApp(await begin(ada))
  const { idempotencyKey = '' } = await stack.server.validateChallenge({ token: proof })
  await stack.server.updateAction({
    userId: ada.sub,
    action: 'addAuthenticator',
    idempotencyKey,
    attributes: { state: 'REVIEW_REQUIRED' as never },
  })
  t.match(await verify(ada, proof), { status: 403, body: { code: 'sign_in_blocked' } })
})

t.test('a state in which nothing can be enrolled gives no token', async (t) => {
  const stack = await here(t)
  for (const state of ['CHALLENGE_SUCCEEDED', 'CHALLENGE_FAILED', 'REVIEW_SUCCEEDED', 'NEW', '']) {
    const answer = { state, token: 'eyJ.x.y', url: 'https://x', isEnrolled: true }
    stack.authsignal.faults.add({
      operation: 'POST /users/:userId/actions/:action',
      fault: { kind: 'answer', status: 200, body: JSON.stringify(answer) },
      times: 1,
    })
    const { status, body } = await stack.ada.call('POST', '/authenticators', {})
    t.match({ status, body }, { status: 401, body: { code: 'challenge_failed' } }, state)
    t.notMatch(JSON.stringify(body), 'eyJ')
  }
})

t.test('a bad request to enrol reaches nobody', async (t) => {
  const stack = await here(t)
  const { ada } = stack
  const cases: [object, number, string][] = [
    [{ email: 'x' }, 400, 'invalid_request'],
    [{ phoneNumber: '021 234 567' }, 400, 'invalid_request'],
    [{ email: NEW, phoneNumber: PHONE }, 400, 'invalid_request'],
    [{ username: 'ada' }, 400, 'invalid_request'],
    [{ scope: 'remove:authenticators' }, 400, 'invalid_request'],
    [{ redirectUrl: 'https://evil.example' }, 403, 'redirect_url_not_allowed'],
  ]
  for (const [body, status, code] of cases) {
    const answer = await ada.call('POST', '/authenticators', body)
    t.match(answer, { status, body: { code } }, JSON.stringify(body))
  }
  const { body } = await ada.call('POST', '/authenticators', { email: NEW, phoneNumber: PHONE })
  t.match(body.errors, [{ pointer: '', detail: 'Send at most one of email and phoneNumber.' }])
  for (const token of [undefined, '', 1, 'x'.repeat(8193)]) {
    const answer = await ada.call('POST', '/authenticators/verify', { token })
    t.equal(answer.status, 400)
  }
  t.strictSame(stack.authsignalCalls(), [])
})

async function signInProof(stack: Here): Promise<string> {
  const { body } = await stack.start({ email: EMAIL })
  return stack.user.pass(body.token, EMAIL)
}

/** As a copy of the vendor's own example would track it. */
async function foreignProof(stack: Here, { sub: userId }: SignedIn): Promise<string | undefined> {
  const action = 'addAuthenticator'
  const attributes = { scope: 'add:authenticators' }
  const { token } = await stack.server.track({ userId, action, attributes })
  return stack.user.enrolAndPass(token, PHONE)
}
