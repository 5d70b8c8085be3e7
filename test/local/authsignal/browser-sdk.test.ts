import { URI } from 'otpauth'
import t from 'tap'
import { MINUTE, startForTest, TENANT_ID, wrong } from './support.ts'

const EMAIL = 'jane@example.com'
const PHONE = '+6421123456'

/** As much of a browser as the unmodified SDK touches outside of passkeys and pop-ups. */
Object.assign(globalThis, {
  window: { btoa },
  document: {
    cookie: '',
    readyState: 'complete',
    location: { hostname: 'localhost', protocol: 'http:' },
    querySelectorAll: () => [],
  },
})

interface Result {
  data?: { token?: string; isVerified?: boolean; uri?: string }
  errorCode?: string
}
interface BrowserAuthsignal {
  setToken(token: string): void
  email: Record<'enroll' | 'challenge' | 'verify', (input?: object) => Promise<Result>>
  sms: Record<'enroll' | 'challenge' | 'verify', (input?: object) => Promise<Result>>
  whatsapp: Record<'challenge' | 'verify', (input?: object) => Promise<Result>>
  totp: Record<'enroll' | 'verify', (input?: object) => Promise<Result>>
  emailML: Record<
    'enroll' | 'challenge' | 'checkVerificationStatus',
    (input?: object) => Promise<Result>
  >
}

// Its own type files import without extensions, which modules in Node's sense cannot resolve.
const { Authsignal } = (await import('@authsignal/browser')) as unknown as {
  Authsignal: new (options: object) => BrowserAuthsignal
}

t.test('the browser SDK enrols, challenges and verifies by mail', async (t) => {
  const { local, server, code } = await startForTest(t)
  const browser = new Authsignal({ tenantId: TENANT_ID, baseUrl: local.apiUrl })
  const { token } = await server.track({ userId: 'u1', action: 'signIn' })
  browser.setToken(token)
  t.match(await browser.email.enroll({ email: EMAIL }), { data: { userId: 'u1' } })

  t.strictSame(await browser.email.verify({ code: wrong(code(EMAIL)) }), {
    data: { isVerified: false, failureReason: 'CODE_INVALID_OR_EXPIRED' },
  })
  const enrolled = await browser.email.verify({ code: code(EMAIL) })
  t.match(enrolled, { data: { isVerified: true, userAuthenticator: { email: EMAIL } } })
  t.not(enrolled.data?.token, token)

  const next = await server.track({ userId: 'u1', action: 'signIn' })
  browser.setToken(next.token)
  t.match(await browser.email.challenge(), { data: { challengeId: String } })
  t.match(await browser.email.verify({ code: code(EMAIL) }), { data: { isVerified: true } })
  t.equal((await server.validateChallenge({ token: next.token })).isValid, true)
})

t.test('after a success it manages authenticators with the new token', async (t) => {
  const { local, server, code } = await startForTest(t)
  const browser = new Authsignal({ tenantId: TENANT_ID, baseUrl: local.apiUrl })
  const attributes = { phoneNumber: PHONE }
  const { token } = await server.track({ userId: 'u1', action: 'signIn', attributes })
  browser.setToken(token)
  await browser.sms.challenge()
  t.match(await browser.sms.verify({ code: code(PHONE) }), { data: { isVerified: true } })
  t.match(await browser.email.enroll({ email: EMAIL }), { data: { userId: 'u1' } })
  browser.setToken(token)
  t.match(await browser.email.enroll({ email: EMAIL }), { errorCode: 'insufficient_scope' })
})

t.test('it is told of an expired token and of a limit', async (t) => {
  const { local, server } = await startForTest(t)
  let expired = 0
  const onTokenExpired = () => {
    expired += 1
  }
  const browser = new Authsignal({ tenantId: TENANT_ID, baseUrl: local.apiUrl, onTokenExpired })
  const attributes = { phoneNumber: PHONE }
  browser.setToken((await server.track({ userId: 'u1', action: 'signIn', attributes })).token)
  for (let sent = 0; sent < 6; sent += 1) await browser.sms.challenge()
  t.match(await browser.sms.challenge(), { errorCode: 'too_many_requests' })
  local.clock.advance(10 * MINUTE)
  t.match(await browser.sms.challenge(), { errorCode: 'expired_token' })
  t.equal(expired, 1)
})

t.test('WhatsApp and authenticator apps work with it', async (t) => {
  const { local, server, code } = await startForTest(t)
  const browser = new Authsignal({ tenantId: TENANT_ID, baseUrl: local.apiUrl })
  const attributes = { phoneNumber: PHONE }
  browser.setToken((await server.track({ userId: 'u1', action: 'signIn', attributes })).token)
  t.match(await browser.whatsapp.challenge(), { data: { challengeId: String } })
  const verified = await browser.whatsapp.verify({ code: code(PHONE) })
  t.match(verified, { data: { isVerified: true, token: String } })

  const { data } = await browser.totp.enroll()
  t.match(data, { secret: String, userAuthenticatorId: String, userId: 'u1' })
  const shown = URI.parse(String(data?.uri)).generate({ timestamp: local.clock.now() })
  t.match(await browser.totp.verify({ code: wrong(shown) }), { data: { isVerified: false } })
  t.match(await browser.totp.verify({ code: shown }), { data: { isVerified: true } })
})

t.test('it waits for a magic link to be confirmed elsewhere', async (t) => {
  const { local, server } = await startForTest(t)
  const browser = new Authsignal({ tenantId: TENANT_ID, baseUrl: local.apiUrl })
  const { token } = await server.track({ userId: 'u1', action: 'signIn' })
  browser.setToken(token)
  t.match(await browser.emailML.enroll({ email: EMAIL }), {
    data: { challengeId: String, userAuthenticatorId: String, userId: 'u1' },
  })
  const status = browser.emailML.checkVerificationStatus()
  const { origin, searchParams } = new URL(local.messages(EMAIL)[0]?.url ?? '')
  await fetch(`${origin}/magic-link`, { method: 'POST', body: searchParams })
  t.match(await status, { data: { isVerified: true, token: String } })
  t.match(await server.validateChallenge({ token }), {
    isValid: true,
    verificationMethod: 'EMAIL_MAGIC_LINK',
  })
})
