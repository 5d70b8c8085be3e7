import { VerificationMethod } from '@authsignal/node'
import t from 'tap'
import { enrolEmail, isError, MINUTE, startForTest, wrong } from './support.ts'

const EMAIL = 'jane@example.com'
const PHONE = '+6421123456'

t.test('attempts are capped per challenge, then even the right code is refused', async (t) => {
  const { local, server, client, code } = await startForTest(t)
  await enrolEmail(local, 'u1', EMAIL)
  const { token } = await server.track({ userId: 'u1', action: 'signIn' })
  await client(token, '/challenge/email-otp')
  const miss = { verificationCode: wrong(code(EMAIL)) }
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const { body } = await client(token, '/verify/email-otp', miss)
    t.equal(body['failureReason'], 'CODE_INVALID_OR_EXPIRED')
  }
  const hit = { verificationCode: code(EMAIL) }
  t.strictSame((await client(token, '/verify/email-otp', hit)).body, {
    isVerified: false,
    failureReason: 'MAX_ATTEMPTS_EXCEEDED',
  })

  await client(token, '/challenge/email-otp')
  const fresh = { verificationCode: code(EMAIL) }
  t.equal((await client(token, '/verify/email-otp', fresh)).body['isVerified'], true)
})

t.test('a user gets 12 mails and 6 text messages in ten minutes', async (t) => {
  const { local, server, client } = await startForTest(t)
  await enrolEmail(local, 'u1', EMAIL)
  await enrolEmail(local, 'u2', EMAIL)
  await server.enrollVerifiedAuthenticator({
    userId: 'u1',
    attributes: { verificationMethod: VerificationMethod.SMS, phoneNumber: PHONE },
  })
  const send = async (path: string, userId = 'u1') => {
    const { token } = await server.track({ userId, action: 'signIn' })
    return client(token, path)
  }
  for (const [path, limit] of [
    ['/challenge/email-otp', 12],
    ['/challenge/sms', 6],
  ] as const) {
    for (let sent = 0; sent < limit; sent += 1) t.equal((await send(path)).status, 200)
    isError(t, await send(path), [429, 'too_many_requests'])
  }
  t.equal(local.messages().length, 18)
  t.equal((await send('/challenge/email-otp', 'u2')).status, 200, 'others are not affected')
  local.clock.advance(10 * MINUTE)
  t.equal((await send('/challenge/email-otp')).status, 200)
})

t.test('enrolling counts as sending', async (t) => {
  const { server, client } = await startForTest(t)
  const { token } = await server.track({ userId: 'u1', action: 'signIn' })
  const enrol = () => client(token, '/user-authenticators/sms', { phoneNumber: PHONE })
  for (let sent = 0; sent < 6; sent += 1) t.equal((await enrol()).status, 200)
  isError(t, await enrol(), [429, 'too_many_requests'])
})

t.test('a user may try ten codes in five minutes, over all challenges', async (t) => {
  const { local, server, client, code } = await startForTest(t)
  await enrolEmail(local, 'u1', EMAIL)
  const { token } = await server.track({ userId: 'u1', action: 'signIn' })
  for (let attempt = 0; attempt < 10; attempt += 1) {
    if (attempt % 5 === 0) await client(token, '/challenge/email-otp')
    const miss = { verificationCode: wrong(code(EMAIL)) }
    t.equal((await client(token, '/verify/email-otp', miss)).status, 200)
  }
  await client(token, '/challenge/email-otp')
  const hit = { verificationCode: code(EMAIL) }
  isError(t, await client(token, '/verify/email-otp', hit), [429, 'too_many_requests'])
  local.clock.advance(5 * MINUTE)
  t.equal((await client(token, '/verify/email-otp', hit)).body['isVerified'], true)
})
