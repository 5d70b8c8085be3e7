import t from 'tap'
import { clientApi } from '../../../../local/authsignal/prebuilt-ui/client/api.ts'
import { enrolEmail, MINUTE, startForTest, wrong } from '../support.ts'

const EMAIL = 'jane@example.com'

t.test('a wrong code is an answer, a right one brings the fresh token', async (t) => {
  const { local, server, code } = await startForTest(t)
  await enrolEmail(local, 'u1', EMAIL)
  const { token } = await server.track({ userId: 'u1', action: 'signIn' })
  const api = clientApi(token, local.origin)
  await api.challenge('EMAIL_OTP')
  t.match(await api.verify('EMAIL_OTP', wrong(code(EMAIL))), { isVerified: false })
  const { isVerified, accessToken } = await api.verify('EMAIL_OTP', code(EMAIL))
  t.equal(isVerified, true)
  t.match(await clientApi(String(accessToken), local.origin).authenticators(), [
    { verificationMethod: 'EMAIL_OTP', email: 'j***@example.com' },
  ])
})

t.test('every failure has a code', async (t) => {
  const { local, server } = await startForTest(t)
  const { token } = await server.track({ userId: 'u1', action: 'signIn' })
  const api = clientApi(token, local.origin)
  t.match(await api.init(), { challengeOptions: { verificationMethods: [] } })
  await t.rejects(api.enrolAddress('SMS', '021'), { code: 'invalid_request', status: 400 })
  for (const [fault, failure] of [
    [
      { kind: 'answer', status: 503, body: '<h1>' },
      { code: 'unusable_answer', status: 503 },
    ],
    [
      { kind: 'answer', status: 200, body: '{"half":' },
      { code: 'unusable_answer', status: 200 },
    ],
    [{ kind: 'reset' }, { code: 'no_connection', status: 0 }],
  ] as const) {
    local.faults.add({ operation: 'POST /client/init', fault, times: 1 })
    await t.rejects(api.init(), failure)
  }
  local.clock.advance(11 * MINUTE)
  await t.rejects(api.context(), { code: 'expired_token', status: 401 })
})
