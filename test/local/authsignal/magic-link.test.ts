import { UserActionState } from '@authsignal/node'
import t, { type Test } from 'tap'
import { enrolEmail, isError, MINUTE, startForTest, type TestAuthsignal } from './support.ts'

const EMAIL = 'jane@example.com'
const FINALIZE = '/verify/email-magic-link/finalize'

const urlTo = ({ local }: TestAuthsignal, to = EMAIL) => local.messages(to)[0]?.url ?? ''

/** As the form of the page does it, in a browser that knows nothing else. */
async function confirm(url: string): Promise<{ status: number; page: string }> {
  const { origin, searchParams } = new URL(url)
  const token = searchParams.get('token') ?? ''
  const answer = await fetch(`${origin}/magic-link`, {
    method: 'POST',
    body: new URLSearchParams({ token }),
  })
  return { status: answer.status, page: await answer.text() }
}

async function enrol(test: TestAuthsignal, userId = 'u1', email = EMAIL) {
  const { token } = await test.server.track({ userId, action: 'signUp' })
  const started = await test.client(token, '/user-authenticators/email-magic-link', { email })
  await confirm(urlTo(test, email))
  const verified = await test.client(token, FINALIZE, {})
  return { token, started, verified }
}

async function challenge(test: TestAuthsignal, userId = 'u1') {
  const { token, idempotencyKey } = await test.server.track({ userId, action: 'signIn' })
  const started = await test.client(token, '/challenge/email-magic-link')
  return { token, idempotencyKey, started, url: urlTo(test) }
}

const isPending = (t: Test, answer: { body: object }) =>
  t.strictSame(answer.body, { isVerified: false })

t.test('a first link enrols its address', async (t) => {
  const test = await startForTest(t)
  const { started, verified } = await enrol(test)
  t.match(started.body, { challengeId: String, userAuthenticatorId: String, userId: 'u1' })
  t.match(verified.body, {
    isVerified: true,
    accessToken: String,
    userAuthenticator: { verificationMethod: 'EMAIL_MAGIC_LINK', email: EMAIL, verifiedAt: String },
  })
  t.match(await test.server.getUser({ userId: 'u1' }), {
    emailVerified: true,
    enrolledVerificationMethods: ['EMAIL_MAGIC_LINK'],
  })
})

t.test('the waiting page is told once the button was pressed', async (t) => {
  const test = await startForTest(t)
  await enrol(test)
  const { token, started, url } = await challenge(test)
  t.strictSame([started.status, Object.keys(started.body)], [200, ['challengeId']])
  t.match(test.local.messages()[0], { to: EMAIL, channel: 'email', url: /token=[\w-]{43}$/ })
  isPending(t, await test.client(token, FINALIZE, {}))

  for (const method of ['GET', 'HEAD', 'GET']) {
    const { status, headers } = await fetch(url, { method })
    t.equal(status, 200)
    t.equal(headers.get('referrer-policy'), 'no-referrer')
    isPending(t, await test.client(token, FINALIZE, {}))
  }
  t.equal((await test.server.validateChallenge({ token })).state, 'CHALLENGE_REQUIRED')

  t.match(await confirm(url), { status: 200, page: 'Thank you' })
  const { body } = await test.client(token, FINALIZE, {})
  t.match(body, { isVerified: true, accessToken: String })
  t.notOk('userAuthenticator' in body)
  t.match(await test.server.validateChallenge({ token: String(body['accessToken']) }), {
    isValid: true,
    verificationMethod: 'EMAIL_MAGIC_LINK',
  })
  isPending(t, await test.client(token, FINALIZE, {}))
})

t.test('a link works once', async (t) => {
  const test = await startForTest(t)
  await enrol(test)
  const { url } = await challenge(test)
  t.equal((await confirm(url)).status, 200)
  t.match(await confirm(url), { status: 410, page: 'no longer works' })
  t.equal((await fetch(url)).status, 410)
})

t.test('sending again voids the earlier link', async (t) => {
  const test = await startForTest(t)
  await enrol(test)
  const { token, url } = await challenge(test)
  await test.client(token, '/challenge/email-magic-link')
  t.equal((await confirm(url)).status, 410)
  isPending(t, await test.client(token, FINALIZE, {}))
  t.equal((await confirm(urlTo(test))).status, 200)
  t.match((await test.client(token, FINALIZE, {})).body, { isVerified: true })
})

t.test('a link dies with its token', async (t) => {
  const test = await startForTest(t)
  await enrol(test)
  const { token, url } = await challenge(test)
  test.local.clock.advance(10 * MINUTE)
  t.equal((await fetch(url)).status, 410)
  t.equal((await confirm(url)).status, 410)
  isError(t, await test.client(token, FINALIZE, {}), [401, 'expired_token'])
})

t.test('it counts for the token that started it', async (t) => {
  const test = await startForTest(t)
  await enrol(test)
  const { token, url, idempotencyKey } = await challenge(test)
  const request = { userId: 'u1', action: 'signIn', attributes: { idempotencyKey } }
  const { token: other } = await test.server.track(request)
  await confirm(url)
  isError(t, await test.client(other, FINALIZE, {}), [400, 'invalid_request'])
  t.match((await test.client(token, FINALIZE, {})).body, { isVerified: true })
})

t.test('a page asked for with rubbish is the one for void links', async (t) => {
  const { local } = await startForTest(t)
  for (const query of ['', '?token=', '?token=%22%3E%3Cscript%3E', '?token=a&token=b']) {
    const answer = await fetch(`${local.origin}/magic-link${query}`)
    t.equal(answer.status, 410)
    t.match(answer.headers.get('content-security-policy'), "default-src 'none'")
    t.notMatch(await answer.text(), '<script')
  }
  for (const body of ['{"token":"a"}', '', 'token']) {
    t.equal((await fetch(`${local.origin}/magic-link`, { method: 'POST', body })).status, 410)
  }
})

t.test('a blocked action has neither link nor answer', async (t) => {
  const test = await startForTest(t)
  await enrol(test)
  const { token, url, idempotencyKey } = await challenge(test)
  const attributes = { state: UserActionState.BLOCK }
  await test.server.updateAction({ userId: 'u1', action: 'signIn', idempotencyKey, attributes })
  t.equal((await confirm(url)).status, 410)
  isError(t, await test.client(token, FINALIZE, {}), [403, 'forbidden'])
  isError(t, await test.client(token, '/challenge/email-magic-link'), [403, 'forbidden'])
  const body = { email: EMAIL }
  const again = await test.client(token, '/user-authenticators/email-magic-link', body)
  isError(t, again, [403, 'forbidden'])
})

t.test('a link dies with its authenticator and its user', async (t) => {
  const test = await startForTest(t)
  await enrol(test)
  const { token, url } = await challenge(test)
  await confirm(url)
  const [authenticator] = await test.server.getAuthenticators({ userId: 'u1' })
  const { userAuthenticatorId } = authenticator!
  await test.server.deleteAuthenticator({ userId: 'u1', userAuthenticatorId })
  isPending(t, await test.client(token, FINALIZE, {}))

  await enrol(test)
  const { url: another } = await challenge(test)
  await test.server.deleteUser({ userId: 'u1' })
  t.equal((await confirm(another)).status, 410)
})

t.test('the second authenticator takes the scope, at the end as well', async (t) => {
  const test = await startForTest(t)
  const { token: early } = await test.server.track({ userId: 'u1', action: 'signIn' })
  const path = '/user-authenticators/email-magic-link'
  await test.client(early, path, { email: EMAIL })
  await confirm(urlTo(test))
  await enrolEmail(test.local, 'u1', 'other@example.com')
  isError(t, await test.client(early, FINALIZE, {}), [403, 'insufficient_scope'])
  t.equal((await test.server.validateChallenge({ token: early })).isValid, false)

  const { token } = await test.server.track({ userId: 'u1', action: 'signIn' })
  isError(t, await test.client(token, path, { email: EMAIL }), [403, 'insufficient_scope'])
  isError(t, await test.client(token, path, { email: 'jane' }), [400, 'invalid_request'])
  isError(t, await test.client(token, '/challenge/email-magic-link'), [400, 'invalid_request'])
})

t.test('a user gets twelve links in ten minutes', async (t) => {
  const test = await startForTest(t)
  const attributes = { email: EMAIL }
  const { token } = await test.server.track({ userId: 'u1', action: 'signIn', attributes })
  const send = () => test.client(token, '/challenge/email-magic-link')
  for (let sent = 0; sent < 12; sent += 1) t.equal((await send()).status, 200)
  isError(t, await send(), [429, 'too_many_requests'])
})
