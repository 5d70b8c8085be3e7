import t, { type Test } from 'tap'
import {
  EMAIL,
  MINUTE,
  passApp,
  PHONE,
  startAccountStack,
  type AccountStack,
  type SignedIn,
} from '../support/account.ts'
import { expectRefused } from '../support/authenticators.ts'
import { JWT_STARTS } from '../support/audit.ts'
import type { StackOptions } from '../support/stack.ts'

const action = 'authorizePayment'

async function here(
  t: Test,
  options: StackOptions = {},
): Promise<{ stack: AccountStack; ada: SignedIn }> {
  const stack = await startAccountStack(t, options)
  const ada = await stack.signInAs(EMAIL)
  stack.cognitoCalls()
  stack.authsignalCalls()
  return { stack, ada }
}

const begin = (who: SignedIn, body: object = {}) =>
  who.call('POST', '/start-step-up', { action, ...body })
const finish = (who: SignedIn, token: string | undefined, of = action) =>
  who.call('POST', '/finish-step-up', { action: of, token })

/** The service's calls of Authsignal's server API, with what it said. */
function tracked(stack: AccountStack): Record<string, unknown>[] {
  return stack.authsignal.calls
    .splice(0)
    .filter(({ operation }) => operation === 'POST /users/:userId/actions/:action')
    .map(({ body }) => body as Record<string, unknown>)
}

t.test('a step-up leads from a challenge to a proof, in few calls', async (t) => {
  const { stack, ada } = await here(t)
  const started = await begin(ada)
  t.equal(started.status, 200)
  t.match(started.body, {
    state: 'CHALLENGE_REQUIRED',
    attempt: /^[\w-]{48}$/,
    token: String,
    url: /^http/,
  })
  t.strictSame(stack.cognitoCalls(), ['GetUser'])
  t.strictSame(stack.authsignalCalls(), ['POST /users/:userId/actions/:action'])

  const proof = await stack.user.pass(started.body.token, EMAIL)
  stack.authsignalCalls()
  const { status, body, headers } = await finish(ada, proof)
  t.equal(status, 200)
  t.strictSame(body, {
    state: 'CHALLENGE_SUCCEEDED',
    verificationMethod: 'EMAIL_OTP',
    attempt: started.body.attempt,
  })
  t.equal(headers.get('cache-control'), 'no-store')
  t.strictSame(stack.cognitoCalls(), ['GetUser'])
  t.strictSame(stack.authsignalCalls().toSorted(), [
    'GET /users/:userId/actions',
    'GET /users/:userId/authenticators',
    'POST /validate',
  ])
})

t.test('each attempt is its own, and each proof counts once', async (t) => {
  const { stack, ada } = await here(t)
  const [one, other] = [await begin(ada), await begin(ada)]
  t.not(one.body.attempt, other.body.attempt)
  const proof = await stack.user.pass(one.body.token, EMAIL)
  const answers = await Promise.all(Array.from({ length: 5 }, () => finish(ada, proof)))
  t.equal(answers.filter(({ status }) => status === 200).length, 1)
  expectRefused(t, await finish(ada, proof), 'again')
  expectRefused(t, await finish(ada, one.body.token), 'the token of its start names the same')
  expectRefused(t, await finish(ada, other.body.token), 'the other one', 'unfinished')
  const second = await stack.user.pass(other.body.token, EMAIL)
  t.match((await finish(ada, second)).body, { attempt: other.body.attempt })
})

t.test('where the rules ask for nothing, no token is handed out', async (t) => {
  const { stack, ada } = await here(t)
  stack.authsignal.rules.add({ action, outcome: 'ALLOW' })
  const { status, body } = await begin(ada)
  t.equal(status, 200)
  t.strictSame(Object.keys(body).toSorted(), ['attempt', 'state'])
  t.equal(body.state, 'ALLOW')
})

t.test('what a rule blocks or holds is refused, at start and at finish', async (t) => {
  const { stack, ada } = await here(t)
  const { body: before } = await begin(ada)
  const proof = await stack.user.pass(before.token, EMAIL)
  for (const outcome of ['BLOCK', 'REVIEW'] as const) {
    stack.authsignal.rules.add({ action, outcome })
    const answer = await begin(ada)
    t.match(answer, { status: 403, body: { code: 'sign_in_blocked' } }, outcome)
    t.notMatch(JSON.stringify(answer.body), 'eyJ')
    stack.authsignal.rules.clear()
  }
  for (const state of ['BLOCK', 'REVIEW_REQUIRED', 'REVIEW_FAILED']) {
    await setState(stack, ada, before.attempt, state)
    t.match(await finish(ada, proof), { status: 403, body: { code: 'sign_in_blocked' } }, state)
  }
})

async function setState(stack: AccountStack, who: SignedIn, attempt: string, state: string) {
  await stack.server.updateAction({
    userId: who.sub,
    action,
    idempotencyKey: attempt,
    attributes: { state: state as never },
  })
}

t.test('only a challenge that was passed proves anything', async (t) => {
  const { stack, ada } = await here(t)
  const { body } = await begin(ada)
  expectRefused(t, await finish(ada, body.token), 'left', 'unfinished')
  for (const state of ['ALLOW', 'CHALLENGE_FAILED', 'REVIEW_SUCCEEDED']) {
    await setState(stack, ada, body.attempt, state)
    expectRefused(t, await finish(ada, body.token), state)
  }
  await setState(stack, ada, body.attempt, 'CHALLENGE_SUCCEEDED')
  expectRefused(t, await finish(ada, body.token), 'nobody passed anything')
  expectRefused(t, await finish(ada, 'a.b.c'), 'no token')
  expectRefused(t, await finish(ada, `${body.token}x`), 'a broken token')
})

t.test('a proof that expired is refused', async (t) => {
  const { stack, ada } = await here(t)
  const { body } = await begin(ada)
  const proof = await stack.user.pass(body.token, EMAIL)
  stack.authsignal.clock.advance(11 * MINUTE)
  expectRefused(t, await finish(ada, proof), 'expired')
})

for (const validateRefusal of ['200', '4xx'] as const) {
  t.test(`a proof counts for its user, action and sign-in only: ${validateRefusal}`, async (t) => {
    const { stack, ada } = await here(t, { tenant: { validateRefusal } })
    const bob = await stack.signInAs('bob@example.com')
    const elsewhere = await stack.signInAs(EMAIL)
    const pass = async (who: SignedIn, address: string, of = action) => {
      const { body } = await begin(who, { action: of })
      return stack.user.pass(body.token, address)
    }
    const signIn = await stack.start({ email: EMAIL })
    const enrolment = await ada.call('POST', '/authenticators', {})
    const { token: foreign } = await stack.server.track({
      userId: ada.sub,
      action,
      attributes: { idempotencyKey: signIn.body.token.slice(-40) },
    })
    const proofs: Record<string, string | undefined> = {
      'of another user': await pass(bob, 'bob@example.com'),
      'of another action': await pass(ada, EMAIL, 'changePassword'),
      'of another sign-in': await pass(elsewhere, EMAIL),
      'of a sign-in': await stack.user.pass(signIn.body.token, EMAIL),
      'of an enrolment': await stack.user.enrolAndPass(enrolment.body.token, PHONE),
      'of somebody with the secret': await stack.user.pass(foreign, EMAIL),
    }
    for (const [name, proof] of Object.entries(proofs)) {
      expectRefused(t, await finish(ada, proof), name)
    }
    t.equal((await finish(elsewhere, proofs['of another sign-in'])).status, 200, 'its own may')
    t.equal((await finish(ada, proofs['of another action'], 'changePassword')).status, 200)
  })
}

t.test('a step-up does not finish a sign-in', async (t) => {
  const { stack, ada } = await here(t)
  const { body } = await begin(ada)
  const proof = await stack.user.pass(body.token, EMAIL)
  const started = await stack.start({ email: EMAIL })
  const finished = await stack.finish({ session: started.body.session, token: proof })
  t.match(finished, { status: 401, body: { code: 'challenge_failed' } })
  t.match(await stack.post('/passkey-sign-in', { token: proof }), {
    status: 401,
    body: { code: 'challenge_failed' },
  })
})

t.test(
  'actions with a meaning of their own are no step-ups, however they are written',
  async (t) => {
    const { stack, ada } = await here(t, { env: { ACTION_CODE: 'cognitoAuth' } })
    for (const name of ['cognitoAuth', 'COGNITOAUTH', 'addAuthenticator', 'addauthenticator']) {
      for (const answer of [await begin(ada, { action: name }), await finish(ada, 'a.b.c', name)]) {
        t.equal(answer.status, 400, name)
        t.match(answer.body, { code: 'invalid_request', errors: [{ pointer: '/action' }] })
      }
    }
    t.strictSame(stack.authsignalCalls(), [])
  },
)

t.test(
  'the action is tracked with what the service knows, and nothing of a stranger',
  async (t) => {
    const { stack, ada } = await here(t, {
      env: { ALLOWED_REDIRECT_URLS: 'https://app.example.com/done' },
    })
    const { username } = stack.cognito.users.find(EMAIL)!
    stack.cognito.users.put({ username, attributes: { phone_number: PHONE } })
    const redirectUrl = 'https://app.example.com/done?x=1'
    const custom = { amount: 120.5, currency: 'NZD', 'is-gift': true }
    t.equal((await begin(ada, { redirectUrl, custom })).status, 200)
    const [call] = tracked(stack)
    t.match(call, {
      idempotencyKey: /^[\w-]{48}$/,
      username,
      email: EMAIL,
      redirectUrl,
      custom,
      ipAddress: /^(127\.0\.0\.1|::1)$/,
      userAgent: 'node',
    })
    t.notOk('phoneNumber' in call!, 'nobody has proven it')
    t.notOk('scope' in call!)
  },
)

t.test('a bad request reaches nobody', async (t) => {
  const { stack, ada } = await here(t)
  const many = Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`k${index}`, index]))
  const cases: [object, number, string | undefined][] = [
    [{ action: '' }, 400, '/action'],
    [{ action: 'a b' }, 400, '/action'],
    [{ action: '../admin' }, 400, '/action'],
    [{ action: 'x'.repeat(65) }, 400, '/action'],
    [{ action: undefined }, 400, '/action'],
    [{ email: 'other@example.com' }, 400, ''],
    [{ custom: 'x' }, 400, '/custom'],
    [{ custom: [1] }, 400, '/custom'],
    [{ custom: null }, 400, '/custom'],
    [{ custom: { a: { b: 1 } } }, 400, '/custom'],
    [{ custom: { a: [1] } }, 400, '/custom'],
    [{ custom: { a: null } }, 400, '/custom'],
    [{ custom: { 'a b': 1 } }, 400, '/custom'],
    [{ custom: { ['x'.repeat(65)]: 1 } }, 400, '/custom'],
    [{ custom: { a: 'x'.repeat(257) } }, 400, '/custom'],
    [{ custom: many }, 400, '/custom'],
    [{ redirectUrl: 'https://evil.example' }, 403, undefined],
  ]
  for (const [body, status, pointer] of cases) {
    const answer = await begin(ada, body)
    t.equal(answer.status, status, JSON.stringify(body).slice(0, 60))
    if (pointer !== undefined) t.equal(answer.body.errors[0].pointer, pointer)
  }
  for (const body of [{ action }, { token: 'x' }, { action, token: '' }, { action, token: 1 }]) {
    t.equal((await ada.call('POST', '/finish-step-up', body)).status, 400)
  }
  t.strictSame(stack.authsignalCalls(), [])
  t.strictSame(stack.cognitoCalls(), [])
})

t.test('a user without an authenticator is enrolled with what Cognito holds first', async (t) => {
  const { stack, ada } = await here(t)
  const { username } = stack.cognito.users.find(EMAIL)!
  stack.cognito.users.put({ username, attributes: { phone_number: PHONE } })
  await stack.server.deleteUser({ userId: ada.sub })
  stack.authsignalCalls()
  const { status, body } = await begin(ada)
  t.match({ status, body }, { status: 200, body: { state: 'CHALLENGE_REQUIRED', token: String } })
  t.strictSame(stack.methodsOf(ada.sub), ['EMAIL_OTP'], 'not with what nobody has proven')
  const proof = await stack.user.pass(body.token, EMAIL)
  t.match(await finish(ada, proof), { status: 200, body: { attempt: body.attempt } })
})

t.test('parallel step-ups of a user without an authenticator all work', async (t) => {
  const { stack, ada } = await here(t)
  await stack.server.deleteUser({ userId: ada.sub })
  const answers = await Promise.all(Array.from({ length: 5 }, () => begin(ada)))
  t.strictSame(new Set(answers.map(({ status }) => status)), new Set([200]))
  t.strictSame(stack.methodsOf(ada.sub), ['EMAIL_OTP'])
})

t.test('nobody who cannot be challenged gets a token', async (t) => {
  const { stack, ada } = await here(t)
  const { username } = stack.cognito.users.find(EMAIL)!
  stack.cognito.users.put({ username, attributes: { email_verified: 'false' } })
  await stack.server.deleteUser({ userId: ada.sub })
  for (const outcome of ['CHALLENGE', 'ALLOW'] as const) {
    stack.authsignal.rules.add({ action, outcome })
    const answer = await begin(ada)
    t.match(answer, { status: 403, body: { code: 'sign_in_blocked' } }, outcome)
    t.notMatch(JSON.stringify(answer.body), 'eyJ')
    stack.authsignal.rules.clear()
  }
  t.strictSame(stack.methodsOf(ada.sub), [])
})

t.test('nor does one whom enrolling did not help', async (t) => {
  const { stack, ada } = await here(t)
  const unenrolled = { state: 'ALLOW', token: 'eyJ.x.y', url: 'https://x', isEnrolled: false }
  stack.authsignal.faults.add({
    operation: 'POST /users/:userId/actions/:action',
    fault: { kind: 'answer', status: 200, body: JSON.stringify(unenrolled) },
  })
  t.match(await begin(ada), { status: 403, body: { code: 'sign_in_blocked' } })
})

t.test('a state that nobody has heard of is no permission', async (t) => {
  const { stack, ada } = await here(t)
  for (const state of ['CHALLENGE_SUCCEEDED', 'CHALLENGE_FAILED', 'REVIEW_SUCCEEDED', 'NEW', '']) {
    const answer = { state, token: 'eyJ.x.y', url: 'https://x', isEnrolled: true }
    stack.authsignal.faults.add({
      operation: 'POST /users/:userId/actions/:action',
      fault: { kind: 'answer', status: 200, body: JSON.stringify(answer) },
      times: 1,
    })
    const { status, body } = await begin(ada)
    t.equal(status, 401, state)
    t.notMatch(JSON.stringify(body), 'eyJ')
  }
})

t.test('an app that was there before proves it, one that came later does not', async (t) => {
  const { stack, ada } = await here(t)
  const { body: early } = await begin(ada)
  const { body: enrolment } = await ada.call('POST', '/authenticators', {})
  const { app } = await stack.enrolApp(enrolment.token)
  stack.authsignal.clock.advance(MINUTE)
  expectRefused(t, await finish(ada, await passApp(stack, early.token, app)), 'came later')

  const { body: late } = await begin(ada)
  stack.authsignal.clock.advance(MINUTE)
  const answer = await finish(ada, await passApp(stack, late.token, app))
  t.match(answer, { status: 200, body: { verificationMethod: 'AUTHENTICATOR_APP' } })
})

t.test('where Authsignal says no more than the method, all of it has to be sound', async (t) => {
  const { stack, ada } = await here(t)
  const silence = () => {
    for (const one of stack.authsignal.users.get(ada.sub)!.actions.values()) {
      delete one.verifiedByAuthenticatorId
    }
  }
  const { body: enrolment } = await ada.call('POST', '/authenticators', {})
  const { app } = await stack.enrolApp(enrolment.token)
  const { body: first } = await begin(ada)
  stack.authsignal.clock.advance(MINUTE)
  const proof = await passApp(stack, first.token, app)
  silence()
  t.equal((await finish(ada, proof)).status, 200)

  const { body: second } = await begin(ada)
  await stack.enrolApp(enrolment.token)
  stack.authsignal.clock.advance(MINUTE)
  const later = await passApp(stack, second.token, app)
  silence()
  expectRefused(t, await finish(ada, later), 'it may have been the new one')
})

t.test('a code to an address that Cognito no longer holds proves nothing', async (t) => {
  const { stack, ada } = await here(t)
  const { username } = stack.cognito.users.find(EMAIL)!
  const attributes = { email: 'new@example.com', email_verified: 'true' }
  stack.cognito.users.put({ username, attributes })
  const { body } = await begin(ada)
  expectRefused(t, await finish(ada, await stack.user.pass(body.token, EMAIL)), 'old mailbox')
})

t.test('a code by WhatsApp proves the number that Cognito holds', async (t) => {
  const { stack, ada } = await here(t)
  const { username } = stack.cognito.users.find(EMAIL)!
  const attributes = { phone_number: PHONE, phone_number_verified: 'true' }
  stack.cognito.users.put({ username, attributes })
  const enrolment = await ada.call('POST', '/authenticators', {})
  const added = await stack.user.enrolAndPass(enrolment.body.token, PHONE)
  await ada.call('POST', '/authenticators/verify', { token: added })
  const { body } = await begin(ada)
  await stack.user.call(body.token, '/challenge/whatsapp')
  const [message] = stack.authsignal.messages(PHONE)
  const { body: passed } = await stack.user.call(body.token, '/verify/whatsapp', {
    verificationCode: message!.code,
  })
  t.match(await finish(ada, passed.accessToken), { body: { verificationMethod: 'WHATSAPP' } })
})

t.test('a proof that could not be looked at may be tried again', async (t) => {
  const { stack, ada } = await here(t)
  const { body } = await begin(ada)
  const proof = await stack.user.pass(body.token, EMAIL)
  const down = { kind: 'answer', status: 503, body: '{}' } as const
  for (const operation of [
    'POST /validate',
    'GET /users/:userId/authenticators',
    'GET /users/:userId/actions',
  ]) {
    // Until told otherwise: calls of the time before may still be on their way.
    stack.authsignal.faults.add({ operation, fault: down })
    t.match(await finish(ada, proof), { status: 503, body: { code: 'upstream_unavailable' } })
    stack.authsignal.faults.clear()
  }
  t.equal((await finish(ada, proof)).status, 200)
})

t.test(
  'nothing of all this is logged, but for the audit which attempt of which action',
  async (t) => {
    const { stack, ada } = await here(t)
    const { body } = await begin(ada, { custom: { iban: 'NZ02-0001' } })
    await finish(ada, await stack.user.pass(body.token, EMAIL))
    const log = stack.log.join('')
    t.match(log, '/finish-step-up')
    for (const word of [EMAIL, ...JWT_STARTS, ada.sub, '"iban"', 'NZ02-'])
      t.notOk(log.includes(word), word)
    const unaudited = stack.log.filter((line) => !line.includes('"audit":true')).join('')
    for (const word of [body.attempt, action]) t.notOk(unaudited.includes(word), word)
  },
)
