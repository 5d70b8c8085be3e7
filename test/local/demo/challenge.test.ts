import t from 'tap'
import { codeChallenge, type AuthsignalSdk } from '../../../local/demo/client/challenge.ts'

type SdkAnswer = Awaited<ReturnType<AuthsignalSdk['email']['challenge']>>

/** An SDK whose every call does the same; `calls` keeps what was asked of it. */
function sdkThat(act: () => Promise<SdkAnswer>) {
  const calls: string[] = []
  const factor = (name: string) => ({
    challenge: () => (calls.push(`${name}.challenge`), act()),
    verify: ({ code }: { code: string }) => (calls.push(`${name}.verify ${code}`), act()),
  })
  const setToken = (token: string) => void calls.push(`setToken ${token}`)
  return { calls, sdk: { setToken, email: factor('email'), sms: factor('sms') } }
}

const sdkThatAnswers = (answer: SdkAnswer) => sdkThat(async () => answer).sdk

function checkedBy(answer: SdkAnswer) {
  return codeChallenge(sdkThatAnswers(answer)).checkCode('email', '123456')
}

async function outcomeOfRejecting(error: Error) {
  const { sdk } = sdkThat(async () => {
    throw error
  })
  return (await codeChallenge(sdk).sendCode('email', 't1')).outcome
}

t.test('sends a code over the channel asked for, under the token given', async (t) => {
  const { sdk, calls } = sdkThat(async () => ({ data: { challengeId: 'c' } }))
  t.strictSame(await codeChallenge(sdk).sendCode('sms', 't1'), { outcome: 'sent' })
  t.strictSame(calls, ['setToken t1', 'sms.challenge'])
})

t.test('takes the validation token of a right code', async (t) => {
  const { sdk, calls } = sdkThat(async () => ({ data: { isVerified: true, token: 'proof' } }))
  const checked = await codeChallenge(sdk).checkCode('email', '123456')
  t.strictSame(checked, { outcome: 'verified', token: 'proof' })
  t.strictSame(calls, ['email.verify 123456'])
})

t.test('tells a wrong code from the last one allowed', async (t) => {
  const missed = { isVerified: false, failureReason: 'CODE_INVALID_OR_EXPIRED' }
  t.strictSame(await checkedBy({ data: missed }), { outcome: 'wrong_code' })
  const last = { isVerified: false, failureReason: 'MAX_ATTEMPTS_EXCEEDED' }
  t.strictSame(await checkedBy({ data: last }), { outcome: 'too_many_attempts' })
})

t.test('does not take a crash for an answer, though the SDK hands it over as data', async (t) => {
  const challenge = codeChallenge(sdkThatAnswers({ data: { message: 'Internal Server Error' } }))
  t.strictSame(await challenge.sendCode('email', 't1'), { outcome: 'unavailable' })
  t.strictSame(await challenge.checkCode('email', '123456'), { outcome: 'unavailable' })
  t.strictSame(await checkedBy({ data: { isVerified: true } }), { outcome: 'unavailable' })
})

t.test('reads the errors the SDK answers with', async (t) => {
  const expected = {
    expired_token: 'expired',
    token_not_set: 'expired',
    too_many_requests: 'too_many_requests',
    something_else: 'unavailable',
  }
  for (const [errorCode, outcome] of Object.entries(expected)) {
    t.strictSame(await checkedBy({ error: 'no', errorCode }), { outcome }, errorCode)
  }
  t.strictSame(await checkedBy({ error: 'no' }), { outcome: 'unavailable' })
})

t.test('a rejection is a lost connection, unless an answer came that was no JSON', async (t) => {
  t.equal(await outcomeOfRejecting(new TypeError('Failed to fetch')), 'no_connection')
  t.equal(await outcomeOfRejecting(new SyntaxError('Unexpected token <')), 'unavailable')
})

t.test('forgetting takes the token out of the SDK', (t) => {
  const { sdk, calls } = sdkThat(async () => ({}))
  codeChallenge(sdk).forget()
  t.strictSame(calls, ['setToken '])
  t.end()
})
