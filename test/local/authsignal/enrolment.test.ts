import t from 'tap'
import {
  answerOf,
  enrolEmail,
  isError,
  startForTest,
  type Answer,
  type TestAuthsignal,
} from './support.ts'

const EMAIL = 'jane@example.com'
const PHONE = '+6421123456'

async function enrolPhone({ client, code }: TestAuthsignal, token: string): Promise<Answer> {
  const started = await client(token, '/user-authenticators/sms', { phoneNumber: PHONE })
  if (started.status !== 200) return started
  return client(token, '/verify/sms', { verificationCode: code(PHONE) })
}

t.test(
  'whoever holds a token enrols the first authenticator, at an address of choice',
  async (t) => {
    const { server, client, code } = await startForTest(t)
    const attributes = { email: EMAIL }
    const { token } = await server.track({ userId: 'u1', action: 'signIn', attributes })
    const email = 'mallory@example.com'
    const started = await client(token, '/user-authenticators/email-otp', { email })
    t.strictSame([started.status, started.body['userId']], [200, 'u1'])
    t.match(await server.getUser({ userId: 'u1' }), { isEnrolled: false }, 'not before the code')
    const [pending] = await server.getAuthenticators({ userId: 'u1' })
    t.match(pending, { userAuthenticatorId: started.body['userAuthenticatorId'], email })
    t.notOk(pending?.verifiedAt)

    const body = { verificationCode: code(email) }
    const verified = await client(token, '/verify/email-otp', body)
    t.match(verified.body, { isVerified: true, userAuthenticator: { email, verifiedAt: String } })
    t.match(await server.validateChallenge({ token, userId: 'u1', action: 'signIn' }), {
      isValid: true,
      verificationMethod: 'EMAIL_OTP',
    })
    const [listed] = await server.queryUserActions({ userId: 'u1' })
    t.equal(listed?.verifiedByAuthenticatorId, pending?.userAuthenticatorId)
    t.match(await server.getUser({ userId: 'u1' }), { email: EMAIL, emailVerified: false })
  },
)

t.test('the second takes the scope', async (t) => {
  const test = await startForTest(t)
  await enrolEmail(test.local, 'u1', EMAIL)
  const plain = await test.server.track({ userId: 'u1', action: 'signIn' })
  isError(t, await enrolPhone(test, plain.token), [403, 'insufficient_scope'])
  t.strictSame(test.local.messages(), [])

  const attributes = { scope: 'add:authenticators' }
  const scoped = await test.server.track({ userId: 'u1', action: 'addPhone', attributes })
  t.match((await enrolPhone(test, scoped.token)).body, {
    isVerified: true,
    userAuthenticator: { phoneNumber: PHONE },
  })
  t.match(await test.server.getUser({ userId: 'u1' }), {
    enrolledVerificationMethods: ['EMAIL_OTP', 'SMS'],
  })
})

t.test('the token of a completed challenge has the scope', async (t) => {
  const test = await startForTest(t)
  await enrolEmail(test.local, 'u1', EMAIL)
  const { token } = await test.server.track({ userId: 'u1', action: 'signIn' })
  await test.client(token, '/challenge/email-otp')
  const body = { verificationCode: test.code(EMAIL) }
  const { accessToken } = (await test.client(token, '/verify/email-otp', body)).body
  t.equal((await enrolPhone(test, String(accessToken))).body['isVerified'], true)
})

t.test('an enrolment begun while the user had none is refused once there is one', async (t) => {
  const test = await startForTest(t)
  const { token } = await test.server.track({ userId: 'u1', action: 'signIn' })
  await test.client(token, '/user-authenticators/sms', { phoneNumber: PHONE })
  await enrolEmail(test.local, 'u1', EMAIL)
  const body = { verificationCode: test.code(PHONE) }
  isError(t, await test.client(token, '/verify/sms', body), [403, 'insufficient_scope'])
  t.equal((await test.server.validateChallenge({ token })).isValid, false)
})

t.test('the last enrolment begun takes the place of one never finished', async (t) => {
  const { server, client, code } = await startForTest(t)
  const { token } = await server.track({ userId: 'u1', action: 'signIn' })
  const { token: other } = await server.track({ userId: 'u1', action: 'signIn' })
  await client(token, '/user-authenticators/email-otp', { email: 'typo@example.com' })
  await client(other, '/user-authenticators/email-otp', { email: EMAIL })
  const stale = { verificationCode: code('typo@example.com') }
  t.equal((await client(token, '/verify/email-otp', stale)).body['isVerified'], false)
  t.match(await server.getAuthenticators({ userId: 'u1' }), [{ email: EMAIL }])
})

t.test('two users may share an address', async (t) => {
  const test = await startForTest(t)
  for (const userId of ['u1', 'u2']) {
    const { token } = await test.server.track({ userId, action: 'signIn' })
    t.equal((await enrolPhone(test, token)).body['isVerified'], true)
  }
})

t.test('an address must be one', async (t) => {
  const { server, client } = await startForTest(t)
  const { token } = await server.track({ userId: 'u1', action: 'signIn' })
  for (const body of [{ email: 'jane' }, { email: 7 }, {}, undefined]) {
    const answer = await client(token, '/user-authenticators/email-otp', body)
    isError(t, answer, [400, 'invalid_request'])
  }
})

t.test('authenticators are listed masked, to a token that may read', async (t) => {
  const { local, server } = await startForTest(t)
  await enrolEmail(local, 'u1', EMAIL)
  const list = async (scope: string) => {
    const attributes = { scope }
    const { token } = await server.track({ userId: 'u1', action: 'signIn', attributes })
    const headers = { authorization: `Bearer ${token}` }
    return answerOf(await fetch(`${local.apiUrl}/client/user-authenticators`, { headers }))
  }
  t.match((await list('read:authenticators')).body, [{ email: 'j***@example.com' }])
  isError(t, await list('add:authenticators'), [403, 'insufficient_scope'])
})

t.test('init tells the components what there is to choose from', async (t) => {
  const { local, server, client } = await startForTest(t)
  const attributes = { phoneNumber: PHONE }
  const { token } = await server.track({ userId: 'u1', action: 'signIn', attributes })
  t.match((await client(token, '/init', {})).body, {
    challengeOptions: {
      token,
      verificationMethods: ['SMS'],
      defaultVerificationMethod: 'SMS',
      user: { phoneNumber: '*******3456' },
    },
  })
  await enrolEmail(local, 'u1', EMAIL)
  t.match((await client(token, '/init', {})).body, {
    challengeOptions: { verificationMethods: ['EMAIL_OTP'] },
  })
})
