import t from 'tap'
import { UserActionState, VerificationMethod } from '@authsignal/node'
import { enrolEmail, isError, MINUTE, startForTest, wrong } from './support.ts'

const EMAIL = 'jane@example.com'
const PHONE = '+6421123456'

t.test('an enrolled user signs in with a code sent to the enrolled address', async (t) => {
  const { local, server, client, code } = await startForTest(t)
  await enrolEmail(local, 'u1', EMAIL)
  const { token, idempotencyKey } = await server.track({
    userId: 'u1',
    action: 'signIn',
    attributes: { email: 'other@example.com' },
  })
  const challenge = await client(token, '/challenge/email-otp')
  t.equal(challenge.status, 200)
  t.strictSame(Object.keys(challenge.body), ['challengeId'])
  t.match(local.messages(), [{ to: EMAIL, channel: 'email', code: /^\d{6}$/, sentAt: /Z$/ }])
  t.equal(local.messages().length, 1, 'what track says about the address does not count')

  const body = { verificationCode: code(EMAIL) }
  const { status, body: verified } = await client(token, '/verify/email-otp', body)
  t.equal(status, 200)
  t.match(verified, { isVerified: true, accessToken: String })
  t.notOk('userAuthenticator' in verified, 'which comes with an enrolment only')
  const action = { userId: 'u1', action: 'signIn', idempotencyKey }
  t.match(await server.getAction(action), {
    state: 'CHALLENGE_SUCCEEDED',
    verificationMethod: 'EMAIL_OTP',
  })
})

t.test('the same by SMS', async (t) => {
  const { server, client, code, local } = await startForTest(t)
  await server.enrollVerifiedAuthenticator({
    userId: 'u1',
    attributes: { verificationMethod: VerificationMethod.SMS, phoneNumber: PHONE },
  })
  const { token } = await server.track({ userId: 'u1', action: 'signIn' })
  await client(token, '/challenge/sms')
  t.match(local.messages(PHONE), [{ channel: 'sms' }])
  const { body } = await client(token, '/verify/sms', { verificationCode: code(PHONE) })
  t.equal(body['isVerified'], true)
  t.match(await server.validateChallenge({ token: String(body['accessToken']) }), {
    isValid: true,
    verificationMethod: 'SMS',
  })
})

t.test(
  'a new user is challenged at the tracked address, and has it enrolled by that',
  async (t) => {
    const { server, client, code } = await startForTest(t)
    const attributes = { email: EMAIL }
    const { token, state } = await server.track({ userId: 'u1', action: 'signIn', attributes })
    t.equal(state, 'ALLOW')
    await client(token, '/challenge/email-otp')
    const { body } = await client(token, '/verify/email-otp', { verificationCode: code(EMAIL) })
    t.match(body, { isVerified: true, userAuthenticator: { email: EMAIL, verifiedAt: String } })
    t.match(await server.getUser({ userId: 'u1' }), { isEnrolled: true, emailVerified: true })
    t.equal((await server.validateChallenge({ token })).state, 'CHALLENGE_SUCCEEDED')
  },
)

t.test(
  'a tracked address wins the challenge of an enrolled user but is not enrolled',
  async (t) => {
    const { local, server, client, code } = await startForTest(t)
    await enrolEmail(local, 'u1', EMAIL)
    const attributes = { phoneNumber: PHONE }
    const { token } = await server.track({ userId: 'u1', action: 'signIn', attributes })
    await client(token, '/challenge/sms')
    const { body } = await client(token, '/verify/sms', { verificationCode: code(PHONE) })
    t.equal(body['isVerified'], true)
    t.equal((await server.getAuthenticators({ userId: 'u1' })).length, 1)
  },
)

t.test('without any address there is nothing to challenge', async (t) => {
  const { server, client } = await startForTest(t)
  const { token } = await server.track({ userId: 'u1', action: 'signIn' })
  isError(t, await client(token, '/challenge/email-otp'), [400, 'invalid_request'])
  isError(t, await client(token, '/challenge/sms'), [400, 'invalid_request'])
})

t.test('start and verify must use the same token', async (t) => {
  const { local, server, client, code } = await startForTest(t)
  await enrolEmail(local, 'u1', EMAIL)
  const request = { userId: 'u1', action: 'signIn', attributes: { idempotencyKey: 'k1' } }
  const { token } = await server.track(request)
  const { token: other } = await server.track(request)
  await client(token, '/challenge/email-otp')
  const body = { verificationCode: code(EMAIL) }
  isError(t, await client(other, '/verify/email-otp', body), [400, 'invalid_request'])
  isError(t, await client(token, '/verify/sms', body), [400, 'invalid_request'])
  t.match(await client(token, '/verify/email-otp', body), { body: { isVerified: true } })
})

t.test('sending again voids the earlier code', async (t) => {
  const { local, server, client, code } = await startForTest(t)
  await enrolEmail(local, 'u1', EMAIL)
  const { token } = await server.track({ userId: 'u1', action: 'signIn' })
  await client(token, '/challenge/email-otp')
  const first = code(EMAIL)
  do await client(token, '/challenge/email-otp')
  while (code(EMAIL) === first)

  const missed = await client(token, '/verify/email-otp', { verificationCode: first })
  t.match(missed, {
    status: 200,
    body: { isVerified: false, failureReason: 'CODE_INVALID_OR_EXPIRED' },
  })
  const hit = await client(token, '/verify/email-otp', { verificationCode: code(EMAIL) })
  t.equal(hit.body['isVerified'], true)
})

t.test('a code works once, and a miss leaves the action as it is', async (t) => {
  const { local, server, client, code } = await startForTest(t)
  await enrolEmail(local, 'u1', EMAIL)
  const { token } = await server.track({ userId: 'u1', action: 'signIn' })
  await client(token, '/challenge/email-otp')
  const miss = { verificationCode: wrong(code(EMAIL)) }
  t.equal((await client(token, '/verify/email-otp', miss)).body['isVerified'], false)
  t.equal((await server.validateChallenge({ token })).state, 'CHALLENGE_REQUIRED')

  const hit = { verificationCode: code(EMAIL) }
  t.equal((await client(token, '/verify/email-otp', hit)).body['isVerified'], true)
  t.match((await client(token, '/verify/email-otp', hit)).body, {
    isVerified: false,
    failureReason: 'CODE_INVALID_OR_EXPIRED',
  })
})

t.test('the code dies with its token', async (t) => {
  const { local, server, client, code } = await startForTest(t)
  await enrolEmail(local, 'u1', EMAIL)
  const { token } = await server.track({ userId: 'u1', action: 'signIn' })
  await client(token, '/challenge/email-otp')
  local.clock.advance(10 * MINUTE)
  const body = { verificationCode: code(EMAIL) }
  isError(t, await client(token, '/verify/email-otp', body), [401, 'expired_token'])
  isError(t, await client(token, '/challenge/email-otp'), [401, 'expired_token'])
})

t.test('a challenge dies with its authenticator and its user', async (t) => {
  const { local, server, client, code } = await startForTest(t)
  await enrolEmail(local, 'u1', EMAIL)
  const { token } = await server.track({ userId: 'u1', action: 'signIn' })
  await client(token, '/challenge/email-otp')
  const [authenticator] = await server.getAuthenticators({ userId: 'u1' })
  const { userAuthenticatorId } = authenticator!
  await server.deleteAuthenticator({ userId: 'u1', userAuthenticatorId })
  const body = { verificationCode: code(EMAIL) }
  t.equal((await client(token, '/verify/email-otp', body)).body['isVerified'], false)

  await server.deleteUser({ userId: 'u1' })
  isError(t, await client(token, '/verify/email-otp', body), [401, 'unauthorized'])
})

t.test('the token of a blocked or held action starts nothing', async (t) => {
  const { local, server, client, code } = await startForTest(t)
  await enrolEmail(local, 'u1', EMAIL)
  local.rules.add({ action: 'pay', outcome: 'BLOCK' })
  local.rules.add({ action: 'transfer', outcome: 'REVIEW' })
  for (const action of ['pay', 'transfer']) {
    const { token } = await server.track({ userId: 'u1', action })
    isError(t, await client(token, '/challenge/email-otp'), [403, 'forbidden'])
    const enrol = await client(token, '/user-authenticators/sms', { phoneNumber: PHONE })
    isError(t, enrol, [403, 'forbidden'])
  }
  t.strictSame(local.messages(), [])

  const { token, idempotencyKey } = await server.track({ userId: 'u1', action: 'signIn' })
  await client(token, '/challenge/email-otp')
  await server.updateAction({
    userId: 'u1',
    action: 'signIn',
    idempotencyKey,
    attributes: { state: UserActionState.BLOCK },
  })
  const body = { verificationCode: code(EMAIL) }
  isError(t, await client(token, '/verify/email-otp', body), [403, 'forbidden'])
})
