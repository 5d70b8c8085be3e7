import { UserActionState } from '@authsignal/node'
import { decodeJwt } from 'jose'
import t from 'tap'
import { ALLOWED_METHODS } from '../../../local/authsignal/methods.ts'
import { enrolEmail, MINUTE, startForTest, TENANT_ID, sdkError } from './support.ts'

t.test('a user who has enrolled nothing is allowed, and told apart', async (t) => {
  const { local, server } = await startForTest(t)
  const tracked = await server.track({ userId: 'u1', action: 'signIn' })
  t.match(tracked, { state: 'ALLOW', isEnrolled: false, ruleIds: [] })
  t.match(tracked.url, `${local.origin}/challenge?token=${tracked.token}`)
  t.ok(local.users.has('u1'))
})

t.test('an enrolled user has to answer a challenge', async (t) => {
  const { local, server } = await startForTest(t, { publicOrigin: 'https://mfa.example.com' })
  await enrolEmail(local, 'u1', 'jane@example.com')
  const tracked = await server.track({ userId: 'u1', action: 'signIn' })
  t.match(tracked, {
    state: 'CHALLENGE_REQUIRED',
    isEnrolled: true,
    enrolledVerificationMethods: ['EMAIL_OTP'],
    allowedVerificationMethods: ALLOWED_METHODS,
    defaultVerificationMethod: 'EMAIL_OTP',
  })
  t.match(tracked.url, 'https://mfa.example.com/challenge?token=')
})

t.test('the token names the action and lives as long as set', async (t) => {
  const { local, server } = await startForTest(t, { tokenMinutes: 3 })
  const attributes = { idempotencyKey: 'k1', username: 'jane' }
  const { token } = await server.track({ userId: 'u1', action: 'signIn', attributes })
  const { sub, iat = 0, exp = 0, scope, other } = decodeJwt(token)
  t.equal(sub, 'u1')
  t.equal(exp - iat, 3 * 60)
  t.equal(scope, 'read:authenticators')
  t.strictSame(other, {
    tenantId: TENANT_ID,
    publishableKey: TENANT_ID,
    userId: 'u1',
    actionCode: 'signIn',
    idempotencyKey: 'k1',
    username: 'jane',
  })

  local.clock.advance(3 * MINUTE)
  t.match(await server.validateChallenge({ token }), { isValid: false, error: /expired/ })
})

t.test('a scope can be asked for, a misspelt one is refused', async (t) => {
  const { server } = await startForTest(t)
  const track = (scope: string) =>
    server.track({ userId: 'u1', action: 'addAuthenticator', attributes: { scope } })
  const { token } = await track('add:authenticators read:authenticators')
  t.equal(decodeJwt(token)['scope'], 'add:authenticators read:authenticators')
  await t.rejects(track('add:authenticator'), sdkError(400, 'invalid_request'))
})

t.test('a repeated key joins the action', async (t) => {
  const { local, server } = await startForTest(t)
  const request = { userId: 'u1', action: 'signIn', attributes: { idempotencyKey: 'k1' } }
  const first = await server.track(request)
  await enrolEmail(local, 'u1', 'jane@example.com')
  const second = await server.track(request)
  t.strictSame([first.state, second.state], ['ALLOW', 'CHALLENGE_REQUIRED'])
  t.not(first.token, second.token)
  t.equal((await server.queryUserActions({ userId: 'u1' })).length, 1)

  for (const state of [UserActionState.CHALLENGE_SUCCEEDED, UserActionState.REVIEW_FAILED]) {
    const action = { userId: 'u1', action: 'signIn', idempotencyKey: 'k1' }
    await server.updateAction({ ...action, attributes: { state } })
    t.equal((await server.track(request)).state, state, 'a decided one keeps its state')
  }
})

t.test('rules decide by what track was told', async (t) => {
  const { local, server } = await startForTest(t)
  await enrolEmail(local, 'u1', 'jane@example.com')
  const ruleId = local.rules.add({ ipAddress: '203.0.113.9', outcome: 'BLOCK', name: 'bad host' })
  local.rules.add({ email: 'JANE@example.com', action: 'pay', outcome: 'REVIEW' })
  local.rules.add({ deviceId: 'd1', outcome: 'ALLOW' })

  const stateFor = async (action: string, attributes: object) =>
    (await server.track({ userId: 'u1', action, attributes })).state
  t.equal(await stateFor('signIn', { ipAddress: '203.0.113.9', deviceId: 'd1' }), 'BLOCK')
  t.equal(await stateFor('pay', {}), 'REVIEW_REQUIRED')
  t.equal(await stateFor('signIn', { deviceId: 'd1' }), 'ALLOW')
  t.equal(await stateFor('signIn', { email: 'jane@example.com' }), 'CHALLENGE_REQUIRED')

  const attributes = { ipAddress: '203.0.113.9', idempotencyKey: 'k1' }
  const tracked = await server.track({ userId: 'u1', action: 'signIn', attributes })
  t.strictSame(tracked.ruleIds, [ruleId])
  const action = { userId: 'u1', action: 'signIn', idempotencyKey: 'k1' }
  t.match(await server.getAction(action), { state: 'BLOCK', rules: [{ ruleId, name: 'bad host' }] })
})

t.test('a rule cannot ask a challenge of a user who has enrolled nothing', async (t) => {
  const { local, server } = await startForTest(t)
  local.rules.add({ outcome: 'CHALLENGE' })
  const tracked = await server.track({ userId: 'u1', action: 'signIn' })
  t.match(tracked, { state: 'ALLOW', isEnrolled: false })
})

t.test('malformed requests are refused and leave no user behind', async (t) => {
  const { local, server } = await startForTest(t)
  const refused = sdkError(400, 'invalid_request')
  await t.rejects(server.track({ userId: 'u1', action: 'sign in' }), refused)
  await t.rejects(server.track({ userId: 'u1', action: 'a'.repeat(65) }), refused)
  for (const attributes of [{ email: 'jane' }, { phoneNumber: '021' }, { idempotencyKey: '' }]) {
    await t.rejects(server.track({ userId: 'u1', action: 'signIn', attributes }), refused)
  }
  t.equal(local.users.size, 0)
})

t.test('actions are listed by code, state and date', async (t) => {
  const { local, server } = await startForTest(t)
  await server.track({ userId: 'u1', action: 'signIn' })
  local.clock.advance(60 * MINUTE)
  const fromDate = new Date(local.clock.now()).toISOString()
  await server.track({ userId: 'u1', action: 'pay' })

  const codes = async (filter: object) =>
    (await server.queryUserActions({ userId: 'u1', ...filter })).map((a) => a.actionCode)
  t.strictSame(await codes({}), ['signIn', 'pay'])
  t.strictSame(await codes({ fromDate }), ['pay'])
  t.strictSame(await codes({ actionCodes: ['signIn', 'other'] }), ['signIn'])
  t.strictSame(await codes({ state: UserActionState.BLOCK }), [])
  const nonsense = { userId: 'u1', fromDate: 'yesterday' }
  await t.rejects(server.queryUserActions(nonsense), sdkError(400, 'invalid_request'))
})

t.test(
  'an action is listed with the authenticator that answered it, and nothing internal',
  async (t) => {
    const { local, server, client, code } = await startForTest(t)
    const { body } = await enrolEmail(local, 'u1', 'jane@example.com')
    local.rules.add({ outcome: 'CHALLENGE', methods: ['EMAIL_OTP'] })
    const attributes = { idempotencyKey: 'k1', custom: { amount: 7 }, redirectToSettings: true }
    const { token } = await server.track({ userId: 'u1', action: 'pay', attributes })
    await client(token, '/challenge/email-otp')
    await client(token, '/verify/email-otp', { verificationCode: code('jane@example.com') })
    const [listed, ...more] = await server.queryUserActions({
      userId: 'u1',
      actionCodes: ['pay'],
      state: UserActionState.CHALLENGE_SUCCEEDED,
    })
    t.strictSame(more, [])
    t.match(listed, {
      actionCode: 'pay',
      idempotencyKey: 'k1',
      state: 'CHALLENGE_SUCCEEDED',
      verificationMethod: 'EMAIL_OTP',
      verifiedByAuthenticatorId: (body['authenticator'] as { userAuthenticatorId: string })
        .userAuthenticatorId,
    })
    t.strictSame(Object.keys(listed ?? {}).toSorted(), [
      'actionCode',
      'createdAt',
      'idempotencyKey',
      'state',
      'stateUpdatedAt',
      'updatedAt',
      'verificationMethod',
      'verifiedByAuthenticatorId',
    ])
  },
)
