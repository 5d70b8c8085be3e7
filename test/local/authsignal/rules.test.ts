import { UserActionState, VerificationMethod as SdkMethod } from '@authsignal/node'
import t, { type Test } from 'tap'
import type { Rule } from '../../../local/authsignal/index.ts'
import type { VerificationMethod } from '../../../local/authsignal/store/verification-method.ts'
import { answerOf, enrolEmail, isError, startForTest, type TestAuthsignal } from './support.ts'

const EMAIL = 'jane@example.com'
const PHONE = '+6421123456'

/** A tenant that blocks by one rule, and whether it blocks what is tracked. */
async function blocking(
  t: Test,
  rule: Omit<Rule, 'outcome'>,
): Promise<(attributes: object) => Promise<boolean>> {
  const { local, server } = await startForTest(t)
  const ruleId = local.rules.add({ ...rule, outcome: 'BLOCK' })
  return async (attributes) => {
    const { state, ruleIds = [] } = await server.track({ userId: 'u1', action: 'pay', attributes })
    const isBlocked = state === UserActionState.BLOCK
    t.equal(ruleIds.includes(ruleId), isBlocked, 'track names the rule that decided')
    return isBlocked
  }
}

t.test('a rule knows networks of both families', async (t) => {
  const ipRange = ['203.0.113.0/24', '2001:db8::/32', '198.51.100.7']
  const isBlocked = await blocking(t, { ipRange })
  const inside = ['203.0.113.0', '203.0.113.255', '2001:db8:1::9', '198.51.100.7']
  const outside = ['203.0.112.255', '203.0.114.0', '2001:db9::1', '198.51.100.8', 'nonsense', '']
  for (const ipAddress of inside) t.ok(await isBlocked({ ipAddress }), ipAddress)
  t.ok(await isBlocked({ ipAddress: '::ffff:203.0.113.9' }), 'an IPv4 address in the clothes of v6')
  for (const ipAddress of outside) t.notOk(await isBlocked({ ipAddress }), ipAddress)
  t.notOk(await isBlocked({}))
})

t.test('what is no network is refused when the rule is set', async (t) => {
  const { local } = await startForTest(t)
  const wrong = ['203.0.113.0/33', '::/129', '203.0.113/24', 'localhost', '', '10.0.0.0/8/8', '/8']
  for (const range of wrong) {
    const answer = await addRule(local.origin, { ipRange: [range], outcome: 'BLOCK' })
    isError(t, answer, [400, 'invalid_request'])
  }
})

t.test('a rule finds words in the user agent', async (t) => {
  const isBlocked = await blocking(t, { userAgent: 'HeadlessChrome' })
  t.ok(await isBlocked({ userAgent: 'Mozilla/5.0 headlesschrome/150.0' }))
  t.notOk(await isBlocked({ userAgent: 'Mozilla/5.0 Chrome/150.0' }))
  t.notOk(await isBlocked({}))
})

t.test('a rule takes a language with its regions', async (t) => {
  const isBlocked = await blocking(t, { locale: 'de' })
  t.ok(await isBlocked({ locale: 'de' }))
  t.ok(await isBlocked({ locale: 'DE-at' }))
  t.notOk(await isBlocked({ locale: 'den' }))
  t.notOk(await isBlocked({ locale: 'en-DE' }))
  t.notOk(await isBlocked({}))
})

t.test('a rule compares data points and where the user returns to', async (t) => {
  const redirectUrl = 'https://app.example.com/back'
  const isBlocked = await blocking(t, { redirectUrl, custom: { amount: 100, vip: false } })
  t.ok(await isBlocked({ redirectUrl, custom: { amount: 100, vip: false, other: 'x' } }))
  t.notOk(await isBlocked({ redirectUrl, custom: { amount: '100', vip: false } }))
  t.notOk(await isBlocked({ redirectUrl, custom: { amount: 100 } }))
  t.notOk(await isBlocked({ redirectUrl: `${redirectUrl}/`, custom: { amount: 100, vip: false } }))
})

t.test('a device is new until it has completed an action of the user', async (t) => {
  const { local, server, client, code } = await startForTest(t)
  for (const userId of ['u1', 'u2']) await enrolEmail(local, userId, EMAIL)
  local.rules.add({ newDevice: true, outcome: 'CHALLENGE', name: 'new device' })
  local.rules.add({ newDevice: false, outcome: 'ALLOW' })
  const stateOn = (deviceId: string | undefined, userId = 'u1') =>
    server.track({ userId, action: 'signIn', attributes: deviceId ? { deviceId } : {} })

  const complete = async (token: string) => {
    await client(token, '/challenge/email-otp')
    await client(token, '/verify/email-otp', { verificationCode: code(EMAIL) })
  }

  const { token, state } = await stateOn('d1')
  t.equal(state, 'CHALLENGE_REQUIRED')
  t.equal((await stateOn('d1')).state, 'CHALLENGE_REQUIRED', 'asking is not answering')
  await complete(token)
  t.equal((await stateOn('d1')).state, 'ALLOW')
  t.equal((await stateOn('d2')).state, 'CHALLENGE_REQUIRED')
  t.equal((await stateOn('d1', 'u2')).state, 'CHALLENGE_REQUIRED', 'of another user it is new')
  await complete((await stateOn(undefined)).token)
  t.equal((await stateOn(undefined)).state, 'CHALLENGE_REQUIRED', 'without an id it stays new')
})

/** A user with email and phone, and an action that a rule lets them answer by some methods only. */
async function limitedTo(
  t: Test,
  methods: VerificationMethod[],
): Promise<TestAuthsignal & { token: string }> {
  const test = await startForTest(t)
  await enrolEmail(test.local, 'u1', EMAIL)
  const attributes = { verificationMethod: SdkMethod.SMS, phoneNumber: PHONE }
  await test.server.enrollVerifiedAuthenticator({ userId: 'u1', attributes })
  test.local.rules.add({ action: 'pay', outcome: 'CHALLENGE', methods })
  const tracked = await test.server.track({
    userId: 'u1',
    action: 'pay',
    attributes: { scope: 'read:authenticators add:authenticators' },
  })
  t.match(tracked, {
    state: 'CHALLENGE_REQUIRED',
    enrolledVerificationMethods: ['EMAIL_OTP', 'SMS'],
    allowedVerificationMethods: methods,
  })
  return { ...test, token: tracked.token }
}

t.test('a rule limits the methods that an action may be answered with', async (t) => {
  const { local, token, client, code } = await limitedTo(t, ['SMS'])
  const credential = {
    id: 'x',
    rawId: 'x',
    type: 'public-key',
    response: { clientDataJSON: '', authenticatorData: '', signature: '', attestationObject: '' },
  }
  const refused: [path: string, body?: object][] = [
    ['/challenge/email-otp'],
    ['/verify/email-otp', { verificationCode: '000000' }],
    ['/user-authenticators/email-otp', { email: EMAIL }],
    ['/challenge/whatsapp'],
    ['/challenge/email-magic-link'],
    ['/user-authenticators/email-magic-link', { email: EMAIL }],
    ['/verify/email-magic-link/finalize', {}],
    ['/user-authenticators/totp'],
    ['/verify/totp', { verificationCode: '000000' }],
    ['/user-authenticators/passkey/registration-options', {}],
    ['/user-authenticators/passkey', { registrationCredential: credential, challengeId: 'x' }],
    ['/user-authenticators/passkey/authentication-options', {}],
    ['/verify/passkey', { authenticationCredential: credential, challengeId: 'x' }],
    ['/user-authenticators/security-key/registration-options', {}],
    ['/user-authenticators/security-key', credential],
    ['/user-authenticators/security-key/authentication-options', {}],
    ['/verify/security-key', credential],
  ]
  for (const [path, body] of refused) {
    const answer = await client(token, path, body)
    isError(t, answer, [403, 'forbidden'])
    t.match(answer.body['errorDescription'], /may not be answered by/, path)
  }
  t.strictSame(local.messages(), [])

  await client(token, '/challenge/sms')
  const right = await client(token, '/verify/sms', { verificationCode: code(PHONE) })
  t.equal(right.body['isVerified'], true)
})

t.test('what may be chosen follows the rule', async (t) => {
  const choices = async (methods: VerificationMethod[]) => {
    const { client, token } = await limitedTo(t, methods)
    const { challengeOptions } = (await client(token, '/init', {})).body as {
      challengeOptions: { verificationMethods: string[] }
    }
    return challengeOptions.verificationMethods
  }
  t.strictSame(await choices(['SMS', 'PASSKEY']), ['SMS'])
  t.strictSame(await choices(['WHATSAPP', 'EMAIL_OTP']), ['EMAIL_OTP', 'WHATSAPP'])
  t.strictSame(await choices(['PASSKEY']), [])
})

t.test('rules are set from outside, and a misspelt one is refused', async (t) => {
  const { local, server } = await startForTest(t)
  const rule = {
    name: 'no sanctioned country',
    ipRange: ['203.0.113.0/24'],
    newDevice: true,
    userAgent: 'curl',
    locale: 'en',
    redirectUrl: 'https://app.example.com',
    custom: { amount: 1 },
    methods: ['PASSKEY'],
    outcome: 'REVIEW',
  }
  const { status, body } = await addRule(local.origin, rule)
  t.equal(status, 200)
  const attributes = {
    ipAddress: '203.0.113.1',
    userAgent: 'curl/8',
    locale: 'en-NZ',
    redirectUrl: 'https://app.example.com',
    custom: { amount: 1 },
  }
  t.match(await server.track({ userId: 'u1', action: 'pay', attributes }), {
    state: 'REVIEW_REQUIRED',
    ruleIds: [body['ruleId']],
    allowedVerificationMethods: ['PASSKEY'],
  })
  for (const wrong of [{ ipranges: [] }, { ipRange: [] }, { methods: ['FAX'] }, { newDevice: 1 }]) {
    isError(t, await addRule(local.origin, { ...rule, ...wrong }), [400, 'invalid_request'])
  }
})

async function addRule(origin: string, rule: object) {
  const response = await fetch(`${origin}/local/rules`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(rule),
  })
  return answerOf(response)
}
