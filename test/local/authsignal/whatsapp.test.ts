import { UserActionState, VerificationMethod } from '@authsignal/node'
import t from 'tap'
import { enrolEmail, isError, MINUTE, startForTest, wrong } from './support.ts'

const EMAIL = 'jane@example.com'
const PHONE = '+6421123456'
const OTHER_PHONE = '+6421999999'

t.test('a code by WhatsApp signs in and leaves no authenticator behind', async (t) => {
  const { local, server, client, code } = await startForTest(t)
  const attributes = { phoneNumber: PHONE }
  const { token } = await server.track({ userId: 'u1', action: 'signIn', attributes })
  const challenge = await client(token, '/challenge/whatsapp')
  t.strictSame([challenge.status, Object.keys(challenge.body)], [200, ['challengeId']])
  t.match(local.messages(), [{ to: PHONE, channel: 'whatsapp', code: /^\d{6}$/ }])

  const body = { verificationCode: code(PHONE) }
  const { body: verified } = await client(token, '/verify/whatsapp', body)
  t.match(verified, { isVerified: true, accessToken: String })
  t.notOk('userAuthenticator' in verified)
  t.match(await server.validateChallenge({ token: String(verified['accessToken']) }), {
    isValid: true,
    verificationMethod: 'WHATSAPP',
  })
  t.strictSame(await server.getAuthenticators({ userId: 'u1' }), [])
  t.match(await server.getUser({ userId: 'u1' }), { isEnrolled: false })
  t.match((await client(token, '/verify/whatsapp', body)).body, { isVerified: false }, 'only once')
})

t.test('it goes to the SMS authenticator, else where track says, else to the user', async (t) => {
  const { local, server, client } = await startForTest(t)
  const start = async (userId: string, attributes = {}) => {
    const { token } = await server.track({ userId, action: 'signIn', attributes })
    const answer = await client(token, '/challenge/whatsapp')
    return answer.status === 200 ? local.messages()[0]?.to : answer.body['error']
  }
  const sms = { verificationMethod: VerificationMethod.SMS, phoneNumber: PHONE }
  await server.enrollVerifiedAuthenticator({ userId: 'enrolled', attributes: sms })
  t.equal(await start('enrolled', { phoneNumber: OTHER_PHONE }), PHONE)
  t.equal(await start('tracked', { phoneNumber: OTHER_PHONE }), OTHER_PHONE)
  await server.updateUser({ userId: 'known', attributes: { phoneNumber: PHONE } })
  t.equal(await start('known'), PHONE)
  await enrolEmail(local, 'other', EMAIL)
  t.equal(await start('other'), 'invalid_request')
})

t.test('there is nothing to enrol', async (t) => {
  const { server, client } = await startForTest(t)
  const { token } = await server.track({ userId: 'u1', action: 'signIn' })
  const body = { phoneNumber: PHONE }
  isError(t, await client(token, '/user-authenticators/whatsapp', body), [404, 'not_found'])
})

t.test('its code counts for it alone, for its token alone, and not for long', async (t) => {
  const { local, server, client, code } = await startForTest(t)
  const attributes = { phoneNumber: PHONE, idempotencyKey: 'k1' }
  const request = { userId: 'u1', action: 'signIn', attributes }
  const { token } = await server.track(request)
  const { token: other } = await server.track(request)
  await client(token, '/challenge/whatsapp')
  const hit = { verificationCode: code(PHONE) }
  isError(t, await client(token, '/verify/sms', hit), [400, 'invalid_request'])
  isError(t, await client(other, '/verify/whatsapp', hit), [400, 'invalid_request'])
  const miss = { verificationCode: wrong(code(PHONE)) }
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const { body } = await client(token, '/verify/whatsapp', miss)
    t.equal(body['failureReason'], 'CODE_INVALID_OR_EXPIRED')
  }
  t.match((await client(token, '/verify/whatsapp', hit)).body, {
    failureReason: 'MAX_ATTEMPTS_EXCEEDED',
  })
  local.clock.advance(10 * MINUTE)
  isError(t, await client(token, '/verify/whatsapp', hit), [401, 'expired_token'])
})

t.test('six codes in ten minutes, none for a blocked action', async (t) => {
  const { server, client, code } = await startForTest(t)
  const attributes = { phoneNumber: PHONE }
  const { token, idempotencyKey } = await server.track({
    userId: 'u1',
    action: 'signIn',
    attributes,
  })
  for (let sent = 0; sent < 6; sent += 1) await client(token, '/challenge/whatsapp')
  isError(t, await client(token, '/challenge/whatsapp'), [429, 'too_many_requests'])
  await server.updateAction({
    userId: 'u1',
    action: 'signIn',
    idempotencyKey,
    attributes: { state: UserActionState.BLOCK },
  })
  const body = { verificationCode: code(PHONE) }
  isError(t, await client(token, '/verify/whatsapp', body), [403, 'forbidden'])
  isError(t, await client(token, '/challenge/whatsapp'), [403, 'forbidden'])
})
