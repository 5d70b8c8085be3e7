import { Authsignal, VerificationMethod } from '@authsignal/node'
import t from 'tap'
import { startForTest, sdkError } from './support.ts'

t.test('an unknown user reads as a user who has enrolled nothing', async (t) => {
  const { server } = await startForTest(t)
  t.match(await server.getUser({ userId: 'nobody' }), {
    isEnrolled: false,
    emailVerified: false,
    phoneNumberVerified: false,
    enrolledVerificationMethods: [],
  })
  t.strictSame(await server.getAuthenticators({ userId: 'nobody' }), [])
})

t.test('a user appears on the first update and keeps what later ones leave out', async (t) => {
  const { server } = await startForTest(t)
  const first = { email: 'jane@example.com', emailVerified: true, custom: { tier: 2 } }
  t.match(await server.updateUser({ userId: 'u1', attributes: first }), first)
  await server.updateUser({ userId: 'u1', attributes: { username: 'jane' } })
  t.match(await server.getUser({ userId: 'u1' }), { ...first, username: 'jane' })
})

t.test('a new address takes the verified mark away', async (t) => {
  const { server } = await startForTest(t)
  const attributes = { email: 'jane@example.com', emailVerified: true }
  await server.updateUser({ userId: 'u1', attributes })
  await server.updateUser({ userId: 'u1', attributes: { email: 'other@example.com' } })
  t.equal((await server.getUser({ userId: 'u1' })).emailVerified, false)

  await server.updateUser({
    userId: 'u1',
    attributes: { phoneNumber: '+6421123456', phoneNumberVerified: true },
  })
  await server.updateUser({ userId: 'u1', attributes: { phoneNumber: '+6421123456' } })
  t.equal((await server.getUser({ userId: 'u1' })).phoneNumberVerified, true, 'the same is not new')
  await server.updateUser({ userId: 'u1', attributes: { phoneNumber: '+6421999999' } })
  t.equal((await server.getUser({ userId: 'u1' })).phoneNumberVerified, false)
})

t.test('users are found by attribute, page by page', async (t) => {
  const { server } = await startForTest(t)
  for (const userId of ['u1', 'u2', 'u3']) {
    await server.updateUser({ userId, attributes: { email: 'Shared@example.com' } })
  }
  await server.updateUser({ userId: 'u4', attributes: { username: 'u4' } })

  const page = await server.queryUsers({ email: 'shared@example.com', limit: 2 })
  t.strictSame(
    page.users.map((u) => u.userId),
    ['u1', 'u2'],
  )
  const { lastEvaluatedUserId } = page
  t.equal(lastEvaluatedUserId, 'u2')
  const rest = await server.queryUsers({ email: 'shared@example.com', lastEvaluatedUserId: 'u2' })
  t.strictSame(
    rest.users.map((u) => u.userId),
    ['u3'],
  )
  t.notOk(rest.lastEvaluatedUserId)
  t.match(await server.queryUsers({ username: 'u4' }), { users: [{ userId: 'u4' }] })
  await t.rejects(server.queryUsers({}), sdkError(400, 'invalid_request'))
})

t.test(
  'a verified authenticator is enrolled without a message, and again to no effect',
  async (t) => {
    const { local, server } = await startForTest(t)
    const request = {
      userId: 'u1',
      attributes: { verificationMethod: VerificationMethod.SMS, phoneNumber: '+6421123456' },
    }
    const { authenticator } = await server.enrollVerifiedAuthenticator(request)
    t.match(authenticator, { userId: 'u1', verificationMethod: 'SMS', phoneNumber: '+6421123456' })
    t.ok(authenticator.verifiedAt)
    const again = await server.enrollVerifiedAuthenticator(request)
    t.equal(again.authenticator.userAuthenticatorId, authenticator.userAuthenticatorId)
    t.strictSame(local.messages(), [])
    t.match(await server.getUser({ userId: 'u1' }), {
      isEnrolled: true,
      phoneNumberVerified: true,
      enrolledVerificationMethods: ['SMS'],
    })

    const { userAuthenticatorId } = authenticator
    await server.deleteAuthenticator({ userId: 'u1', userAuthenticatorId })
    t.equal((await server.getUser({ userId: 'u1' })).isEnrolled, false)
    await t.rejects(
      server.deleteAuthenticator({ userId: 'u1', userAuthenticatorId }),
      sdkError(404, 'not_found'),
    )
  },
)

t.test('of several authenticators of a method the default one is challenged', async (t) => {
  const { local, server, client } = await startForTest(t)
  const enrol = (email: string, isDefault: boolean) =>
    server.enrollVerifiedAuthenticator({
      userId: 'u1',
      attributes: { verificationMethod: VerificationMethod.EMAIL_OTP, email, isDefault },
    })
  await enrol('first@example.com', false)
  await enrol('second@example.com', true)
  await enrol('third@example.com', false)
  const { token } = await server.track({ userId: 'u1', action: 'signIn' })
  await client(token, '/challenge/email-otp')
  t.match(local.messages(), [{ to: 'second@example.com' }])
})

t.test('an authenticator without a proper address is refused', async (t) => {
  const { server } = await startForTest(t)
  for (const attributes of [
    { verificationMethod: VerificationMethod.SMS, phoneNumber: '021 123 456' },
    { verificationMethod: VerificationMethod.SMS, email: 'jane@example.com' },
    { verificationMethod: VerificationMethod.EMAIL_OTP, email: 'jane' },
  ]) {
    const request = { userId: 'u1', attributes }
    await t.rejects(server.enrollVerifiedAuthenticator(request), sdkError(400))
  }
})

t.test('deleting a user takes authenticators and actions along', async (t) => {
  const { server } = await startForTest(t)
  const userId = 'u1'
  await server.enrollVerifiedAuthenticator({
    userId,
    attributes: { verificationMethod: VerificationMethod.EMAIL_OTP, email: 'jane@example.com' },
  })
  const { idempotencyKey, token } = await server.track({ userId, action: 'signIn' })
  await server.deleteUser({ userId })
  await server.deleteUser({ userId })

  t.equal((await server.getUser({ userId })).isEnrolled, false)
  await t.rejects(
    server.getAction({ userId, action: 'signIn', idempotencyKey }),
    sdkError(404, 'not_found'),
  )
  t.equal((await server.validateChallenge({ token })).isValid, false)
})

t.test('deleting a user who is not there is answered as set', async (t) => {
  const strict = await startForTest(t, { unknownUserDeletion: '404' })
  await strict.server.track({ userId: 'u1', action: 'signIn' })
  await strict.server.deleteUser({ userId: 'u1' })
  await t.rejects(strict.server.deleteUser({ userId: 'u1' }), sdkError(404, 'not_found'))
  const { server } = await startForTest(t)
  await t.resolves(server.deleteUser({ userId: 'u1' }))
})

t.test('a wrong secret is turned away in the shape the SDK can read', async (t) => {
  const { local } = await startForTest(t)
  const stranger = new Authsignal({ apiSecretKey: 'wrong', apiUrl: local.apiUrl, retries: 0 })
  await t.rejects(stranger.getUser({ userId: 'u1' }), sdkError(401, 'unauthorized'))
  t.equal(local.calls.length, 1, 'and the call log has it')
})

t.test('ids are decoded once', async (t) => {
  const { local, server } = await startForTest(t)
  await server.track({ userId: 'a%2Fb%2520c', action: 'signIn' })
  t.strictSame([...local.users.keys()], ['a/b%20c'])
})
