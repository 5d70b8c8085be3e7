import { UserActionState } from '@authsignal/node'
import { SignJWT } from 'jose'
import t from 'tap'
import {
  enrolEmail,
  MINUTE,
  SECRET,
  startForTest,
  TENANT_ID,
  type TestAuthsignal,
  sdkError,
} from './support.ts'

const EMAIL = 'jane@example.com'

/** A challenge begun and won; answers both tokens of the action. */
async function signIn({ local, server, client, code }: TestAuthsignal) {
  await enrolEmail(local, 'u1', EMAIL)
  const { token } = await server.track({ userId: 'u1', action: 'signIn' })
  await client(token, '/challenge/email-otp')
  const { body } = await client(token, '/verify/email-otp', { verificationCode: code(EMAIL) })
  return { trackToken: token, validationToken: String(body['accessToken']) }
}

t.test('a token before its challenge is genuine but not valid', async (t) => {
  const { local, server } = await startForTest(t)
  await enrolEmail(local, 'u1', EMAIL)
  const { token, idempotencyKey } = await server.track({ userId: 'u1', action: 'signIn' })
  t.match(await server.validateChallenge({ token, userId: 'u1', action: 'signIn' }), {
    isValid: false,
    state: 'CHALLENGE_REQUIRED',
    userId: 'u1',
    action: 'signIn',
    idempotencyKey,
  })
})

t.test('ALLOW is not valid', async (t) => {
  const { server } = await startForTest(t)
  const { token } = await server.track({ userId: 'u1', action: 'signIn' })
  t.match(await server.validateChallenge({ token }), { isValid: false, state: 'ALLOW' })
})

t.test('every live token of a succeeded action is valid, again and again', async (t) => {
  const test = await startForTest(t)
  const { trackToken, validationToken } = await signIn(test)
  for (const token of [validationToken, validationToken, trackToken]) {
    t.match(await test.server.validateChallenge({ token, userId: 'u1', action: 'signIn' }), {
      isValid: true,
      state: 'CHALLENGE_SUCCEEDED',
      verificationMethod: 'EMAIL_OTP',
    })
  }
})

t.test('an action that was turned down later is not valid any more', async (t) => {
  const test = await startForTest(t)
  const { validationToken: token } = await signIn(test)
  const { idempotencyKey = '' } = await test.server.validateChallenge({ token })
  await test.server.updateAction({
    userId: 'u1',
    action: 'signIn',
    idempotencyKey,
    attributes: { state: UserActionState.REVIEW_FAILED },
  })
  t.match(await test.server.validateChallenge({ token }), {
    isValid: false,
    state: 'REVIEW_FAILED',
  })
})

t.test('the challenge gives a fresh token with a lifetime of its own', async (t) => {
  const test = await startForTest(t)
  await enrolEmail(test.local, 'u1', EMAIL)
  const { token } = await test.server.track({ userId: 'u1', action: 'signIn' })
  test.local.clock.advance(9 * MINUTE)
  await test.client(token, '/challenge/email-otp')
  const body = { verificationCode: test.code(EMAIL) }
  const { accessToken } = (await test.client(token, '/verify/email-otp', body)).body
  test.local.clock.advance(9 * MINUTE)
  t.equal((await test.server.validateChallenge({ token })).isValid, false)
  t.equal((await test.server.validateChallenge({ token: String(accessToken) })).isValid, true)
  test.local.clock.advance(MINUTE)
  t.equal((await test.server.validateChallenge({ token: String(accessToken) })).isValid, false)
})

function forged(key: string, expiry = '10m'): Promise<string> {
  return new SignJWT({ jti: 'x', scope: '', other: { userId: 'u1' } })
    .setProtectedHeader({ alg: 'HS256' })
    .setAudience(TENANT_ID)
    .setExpirationTime(expiry)
    .sign(new TextEncoder().encode(key))
}

t.test('foreign, expired and broken tokens are not valid', async (t) => {
  const test = await startForTest(t)
  const { validationToken: token } = await signIn(test)

  const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${token.split('.')[1]}.`
  for (const request of [
    { token, userId: 'u2' },
    { token, action: 'pay' },
    { token: await forged('another secret') },
    { token: await forged(SECRET) },
    { token: await forged(SECRET, '-1s') },
    { token: unsigned },
    { token: 'not-a-token' },
  ]) {
    const answer = await test.server.validateChallenge(request)
    t.match(answer, { isValid: false, error: String })
    t.notOk(answer.state, 'and nothing is said about the action')
  }
})

t.test('the token of another tenant tells nothing, even with the same secret', async (t) => {
  const ours = await startForTest(t)
  const theirs = await startForTest(t, { tenantId: 'another tenant' })
  const request = { userId: 'u1', action: 'signIn', attributes: { idempotencyKey: 'k1' } }
  await ours.server.track(request)
  const { token } = await theirs.server.track(request)
  t.equal((await theirs.server.validateChallenge({ token })).state, 'ALLOW')
  t.strictSame(await ours.server.validateChallenge({ token }), {
    action: undefined,
    isValid: false,
    error: 'The token is not valid.',
  })
})

t.test('with the switch to 4xx the same tokens are errors', async (t) => {
  const test = await startForTest(t, { validateRefusal: '4xx' })
  const { validationToken: token } = await signIn(test)
  const { server, local } = test
  t.equal((await server.validateChallenge({ token })).isValid, true)
  await t.rejects(
    server.validateChallenge({ token, userId: 'u2' }),
    sdkError(400, 'invalid_request'),
  )
  await t.rejects(server.validateChallenge({ token: 'x' }), sdkError(401, 'unauthorized'))
  local.clock.advance(10 * MINUTE)
  await t.rejects(server.validateChallenge({ token }), sdkError(401, 'expired_token'))
})
