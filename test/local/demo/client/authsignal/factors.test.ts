import t, { type Test } from 'tap'
import { enrolments } from '../../../../../local/demo/client/authsignal/enrolments.ts'
import { factors } from '../../../../../local/demo/client/authsignal/factors.ts'
import { passkeyFirst } from '../../../../../local/demo/client/authsignal/passkey-first.ts'
import type { AuthsignalSdk } from '../../../../../local/demo/client/authsignal/sdk.ts'
import { noWindows, pretendWebAuthn, sdkThat, sdkThatAnswers } from './support.ts'

type SdkAnswer = Parameters<typeof sdkThatAnswers>[0]

const factorsOf = (answer: SdkAnswer) =>
  factors(sdkThatAnswers(answer), 'http://localhost:9/v1', noWindows)
const check = (answer: SdkAnswer) => factorsOf(answer).checkCode('email', 't1', '123456')

function sdkThatThrows(error: Error): AuthsignalSdk {
  return sdkThat(async () => {
    throw error
  }).sdk
}

const thrower = (name: string) => sdkThatThrows(Object.assign(new Error(name), { name }))
const sendAfter = (error: Error) =>
  factors(sdkThatThrows(error), 'http://localhost:9/v1', noWindows).send('email', 't1')
const offered = (sdk: AuthsignalSdk) => passkeyFirst(sdk).offerInField()

const confirmAfter = (t: Test, name: string) => {
  pretendWebAuthn(t)
  return factors(thrower(name), 'http://localhost:9/v1', noWindows).confirm('passkey', 't1')
}

t.test('sends codes and links each in its own way, under the token given', async (t) => {
  const { sdk, calls } = sdkThat(async () => ({ data: { challengeId: 'c' } }))
  const { send } = factors(sdk, 'http://localhost:9/v1', noWindows)
  for (const method of ['email', 'sms', 'whatsapp', 'link'] as const) {
    t.strictSame(await send(method, 't1'), { outcome: 'sent' })
  }
  t.strictSame(calls, [
    'setToken t1',
    'email.challenge',
    'setToken t1',
    'sms.challenge',
    'setToken t1',
    'whatsapp.challenge',
    'setToken t1',
    'emailML.challenge',
  ])
})

t.test('takes the validation token of a right code, also of an app', async (t) => {
  const { sdk, calls } = sdkThat(async () => ({ data: { isVerified: true, token: 'proof' } }))
  const { checkCode } = factors(sdk, 'http://localhost:9/v1', noWindows)
  const verified = { outcome: 'verified', token: 'proof' }
  t.strictSame(await checkCode('email', 't1', '123456'), verified)
  t.strictSame(await checkCode('app', 't2', '654321'), verified)
  const expected = ['setToken t1', 'email.verify 123456', 'setToken t2', 'totp.verify 654321']
  t.strictSame(calls, expected)
})

t.test('tells a wrong code from the last one allowed', async (t) => {
  const missed = { isVerified: false, failureReason: 'CODE_INVALID_OR_EXPIRED' }
  t.strictSame(await check({ data: missed }), { outcome: 'wrong_code' })
  const last = { isVerified: false, failureReason: 'MAX_ATTEMPTS_EXCEEDED' }
  t.strictSame(await check({ data: last }), { outcome: 'too_many_attempts' })
})

t.test('does not take a crash for an answer, though the SDK hands it over as data', async (t) => {
  pretendWebAuthn(t)
  const { send, checkCode, confirm } = factorsOf({ data: { message: 'Internal Server Error' } })
  t.strictSame(await send('email', 't1'), { outcome: 'unavailable' })
  t.strictSame(await checkCode('email', 't1', '123456'), { outcome: 'unavailable' })
  t.strictSame(await confirm('passkey', 't1'), { outcome: 'unavailable' })
  t.strictSame(await check({ data: { isVerified: true } }), { outcome: 'unavailable' })
})

t.test('reads the errors the SDK answers with', async (t) => {
  const expected = {
    expired_token: 'expired',
    token_not_set: 'expired',
    too_many_requests: 'too_many_requests',
    invalid_request: 'not_set_up',
    something_else: 'unavailable',
    toString: 'unavailable',
  }
  for (const [errorCode, outcome] of Object.entries(expected)) {
    t.strictSame(await check({ error: 'no', errorCode }), { outcome }, errorCode)
  }
  t.strictSame(await check({ error: 'no' }), { outcome: 'unavailable' })
})

t.test('a rejection is a lost connection, unless an answer came that was no JSON', async (t) => {
  const lost = await sendAfter(new TypeError('Failed to fetch'))
  t.strictSame(lost, { outcome: 'no_connection' })
  const page = await sendAfter(new SyntaxError('Unexpected token <'))
  t.strictSame(page, { outcome: 'unavailable' })
})

t.test('a passkey gets the token itself, a security key the one that is set', async (t) => {
  pretendWebAuthn(t)
  const { sdk, calls } = sdkThat(async () => ({ data: { isVerified: true, token: 'proof' } }))
  const { confirm } = factors(sdk, 'http://localhost:9/v1', noWindows)
  t.strictSame(await confirm('passkey', 't1'), { outcome: 'verified', token: 'proof' })
  t.strictSame(await confirm('key', 't2'), { outcome: 'verified', token: 'proof' })
  t.strictSame(calls, ['passkey.signIn {"token":"t1"}', 'setToken t2', 'securityKey.verify'])
})

t.test('says why a device did not confirm', async (t) => {
  const expected = {
    NotAllowedError: 'cancelled',
    AbortError: 'cancelled',
    InvalidStateError: 'already_enrolled',
    SecurityError: 'unsupported',
    TypeError: 'no_connection',
  }
  for (const [name, outcome] of Object.entries(expected)) {
    t.strictSame(await confirmAfter(t, name), { outcome }, name)
  }
  for (const errorCode of ['invalid_credential', 'unknown_credential']) {
    const refused = await factorsOf({ error: 'no', errorCode }).confirm('passkey', 't1')
    t.strictSame(refused, { outcome: 'refused' }, errorCode)
  }
})

t.test('asks no device where the browser has no WebAuthn', async (t) => {
  const { sdk, calls } = sdkThat(async () => ({}))
  const { confirm } = factors(sdk, 'http://localhost:9/v1', noWindows)
  t.strictSame(await confirm('passkey', 't1'), { outcome: 'unsupported' })
  t.strictSame(calls, [])
})

t.test('forgetting takes the token out of the SDK', (t) => {
  const { sdk, calls } = sdkThat(async () => ({}))
  factors(sdk, 'http://localhost:9/v1', noWindows).forget()
  t.strictSame(calls, ['setToken '])
  t.end()
})

t.test('a passkey signs in for the sign-in action, at a click or from the field', async (t) => {
  pretendWebAuthn(t)
  const { sdk, calls } = sdkThat(async () => ({ data: { isVerified: true, token: 'proof' } }))
  const passkeys = passkeyFirst(sdk)
  t.strictSame(await passkeys.ask(), { outcome: 'verified', token: 'proof' })
  t.strictSame(await passkeys.offerInField(), { outcome: 'verified', token: 'proof' })
  t.strictSame(calls, [
    'passkey.signIn {"action":"cognitoAuth"}',
    'passkey.signIn {"action":"cognitoAuth","autofill":true}',
  ])
})

t.test('nobody hears of an offer in the field that came to nothing', async (t) => {
  pretendWebAuthn(t)
  t.equal(await offered(sdkThatAnswers({})), undefined, 'one is up already')
  t.equal(await offered(thrower('AbortError')), undefined, 'another request took its place')
  t.equal(await offered(thrower('Error')), undefined, 'the browser has no such thing')
  t.equal(await offered(sdkThatAnswers({ error: 'no', errorCode: 'expired_token' })), undefined)
  const gone = sdkThatAnswers({ error: 'no', errorCode: 'unknown_credential' })
  t.strictSame(await offered(gone), { outcome: 'refused' }, 'but somebody did pick this one')
})

t.test('enrols addresses, apps, passkeys and keys', async (t) => {
  pretendWebAuthn(t)
  const data = { userAuthenticatorId: '1', uri: 'otpauth://x', secret: 'S', token: 'proof' }
  const { sdk, calls } = sdkThat(async () => ({ data: { ...data, isVerified: true } }))
  const { sendCode, newAppKey, checkCode, create } = enrolments(sdk)
  t.strictSame(await sendCode('email', 't', 'a@example.com'), { outcome: 'begun' })
  t.strictSame(await sendCode('sms', 't', '+6421'), { outcome: 'begun' })
  const { uri, secret } = data
  t.strictSame(await newAppKey('t'), { outcome: 'begun', uri, secret })
  t.strictSame(await checkCode('app', 't', '123456'), { outcome: 'verified', token: 'proof' })
  t.strictSame(await create('passkey', 't'), { outcome: 'verified', token: 'proof' })
  t.strictSame(await create('key', 't'), { outcome: 'verified', token: 'proof' })
  t.strictSame(
    calls.filter((call) => call !== 'setToken t'),
    [
      'email.enroll {"email":"a@example.com"}',
      'sms.enroll {"phoneNumber":"+6421"}',
      'totp.enroll',
      'totp.verify 123456',
      'passkey.signUp {"token":"t"}',
      'securityKey.enroll',
    ],
  )
})

t.test('an enrolment that has not begun is a failure', async (t) => {
  const none = enrolments(sdkThatAnswers({ data: { message: 'Internal Server Error' } }))
  t.strictSame(await none.sendCode('email', 't', 'a@example.com'), { outcome: 'unavailable' })
  t.strictSame(await none.newAppKey('t'), { outcome: 'unavailable' })
})
