import type { CDPSession, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { launchChromium } from '../support/chromium.ts'
import { serveSdkPage } from '../support/sdk-page.ts'
import {
  addVirtualAuthenticator,
  KEY,
  PLATFORM,
  type Device,
} from '../support/virtual-authenticator.ts'
import { startForTest, TENANT_ID, type TestAuthsignal } from '../local/authsignal/support.ts'

/**
 * Passkeys and security keys of the stand-in as real browsers use them: the unmodified SDK in
 * Chromium, with a virtual authenticator in place of the fingerprint.
 */

t.jobs = 1

const browser = await launchChromium(t)
const [app, stranger] = await Promise.all([serveSdkPage(), serveSdkPage()])
t.teardown(async () => {
  await browser.close()
  app.close()
  stranger.close()
})

interface Result {
  data?: Record<string, unknown> & { token?: string; isVerified?: boolean }
  errorCode?: string
  error?: string
  thrown?: string
}

interface BrowserTest extends TestAuthsignal {
  page: Page
  /** Calls a method of the SDK in the page, such as `passkey.signIn`. */
  call: (method: string, input?: object) => Promise<Result>
  setToken: (token: string) => Promise<unknown>
  cdp: CDPSession
  authenticatorId: string
}

async function openApp(
  t: Test,
  { device = PLATFORM, origin = app.origin }: { device?: Device; origin?: string } = {},
): Promise<BrowserTest> {
  const test = await startForTest(t, { passkeys: { origins: [app.origin] } })
  const context = await browser.newContext()
  t.teardown(() => context.close())
  const page = await context.newPage()
  await page.goto(origin)
  const { cdp, authenticatorId } = await addVirtualAuthenticator(page, device)
  const config = JSON.stringify({ tenantId: TENANT_ID, baseUrl: test.local.apiUrl })
  await page.evaluate(`window.sdk = new authsignal.Authsignal(${config})`)
  return {
    ...test,
    page,
    cdp,
    authenticatorId,
    call: (method, input) =>
      page.evaluate<Result>(
        `sdk.${method}(${input ? JSON.stringify(input) : ''}).catch((e) => ({ thrown: e.name }))`,
      ),
    setToken: (token) => page.evaluate(`sdk.setToken(${JSON.stringify(token)})`),
  }
}

async function signUp({ server, call }: BrowserTest, userId = 'u1'): Promise<Result> {
  const { token } = await server.track({ userId, action: 'signUp' })
  return call('passkey.signUp', { token, username: `${userId}@example.com` })
}

t.test('a passkey is created and signs in without a user name', async (t) => {
  const test = await openApp(t)
  const { server, call, cdp, authenticatorId } = test
  t.match(await signUp(test), {
    data: { token: String, userAuthenticator: { verificationMethod: 'PASSKEY' } },
  })
  const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId })
  t.match(credentials, [{ isResidentCredential: true, rpId: 'localhost', signCount: Number }])

  for (const _time of ['once', 'and again']) {
    const { data } = await call('passkey.signIn', { action: 'cognitoAuth' })
    t.match(data, { isVerified: true, token: String, userId: 'u1', userAuthenticatorId: String })
    t.match(await server.validateChallenge({ token: String(data?.token) }), {
      isValid: true,
      userId: 'u1',
      action: 'cognitoAuth',
      verificationMethod: 'PASSKEY',
    })
  }
  const bare = await call('passkey.signIn')
  t.match(bare.data, { isVerified: true, userId: 'u1' })
  t.notOk(bare.data?.token, 'no action, no token')
})

t.test('a passkey answers the challenge of a token', async (t) => {
  const test = await openApp(t)
  const { server, call } = test
  await signUp(test)
  const { token, state } = await server.track({ userId: 'u1', action: 'signIn' })
  t.equal(state, 'CHALLENGE_REQUIRED')
  t.match(await call('passkey.signIn', { token }), { data: { isVerified: true } })
  t.match(await server.validateChallenge({ token, userId: 'u1', action: 'signIn' }), {
    isValid: true,
    verificationMethod: 'PASSKEY',
  })
})

t.test('of two users on one device each signs in as themselves', async (t) => {
  const test = await openApp(t)
  await signUp(test, 'u1')
  await signUp(test, 'u2')
  for (const userId of ['u1', 'u2']) {
    const { token } = await test.server.track({ userId, action: 'signIn' })
    t.match(await test.call('passkey.signIn', { token }), { data: { userId } })
  }
})

t.test('the device is not given a second passkey of the same user', async (t) => {
  const test = await openApp(t)
  const created = await signUp(test)
  const again = await test.call('passkey.signUp', { token: String(created.data?.token) })
  t.notOk(again.data)
  t.equal(again.thrown, 'InvalidStateError')
})

t.test('a device knows whether its passkey is still good', async (t) => {
  const test = await openApp(t)
  const { server, call, page } = test
  const isAvailable = () =>
    page.evaluate<boolean>(`sdk.passkey.isAvailableOnDevice({ userId: 'u1' })`)
  t.equal(await isAvailable(), false)
  await signUp(test)
  t.equal(await isAvailable(), true)

  const [passkey] = await server.getAuthenticators({ userId: 'u1' })
  const { userAuthenticatorId } = passkey!
  await server.deleteAuthenticator({ userId: 'u1', userAuthenticatorId })
  t.equal(await isAvailable(), false)
  const action = 'cognitoAuth'
  t.match(await call('passkey.signIn', { action }), { errorCode: 'invalid_credential' })
  await server.deleteUser({ userId: 'u1' })
  t.match(await call('passkey.signIn', { action }), { errorCode: 'unknown_credential' })
})

t.test('a page of another origin gets nowhere', async (t) => {
  const test = await openApp(t, { origin: stranger.origin })
  t.match(await signUp(test), { errorCode: 'invalid_credential', error: /origin/ })
  t.strictSame(await test.server.getAuthenticators({ userId: 'u1' }), [])
})

t.test('a device that cannot tell who holds it gets nowhere', async (t) => {
  const test = await openApp(t)
  const { cdp, authenticatorId, call } = test
  await signUp(test)
  await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false })
  t.equal((await call('passkey.signIn', { action: 'cognitoAuth' })).thrown, 'NotAllowedError')
})

t.test('a rule that blocks the action blocks the passkey', async (t) => {
  const test = await openApp(t)
  await signUp(test)
  test.local.rules.add({ action: 'pay', outcome: 'BLOCK' })
  t.match(await test.call('passkey.signIn', { action: 'pay' }), { errorCode: 'forbidden' })
})

t.test('autofill holds its challenge while the page stays open', async (t) => {
  const test = await openApp(t)
  const { local, call, page } = test
  await signUp(test)
  const operation = 'POST /client/user-authenticators/passkey/authentication-options'
  // The virtual device picks at once, so the wait is put before it.
  local.faults.add({ operation, fault: { kind: 'delay', ms: 1_000, when: 'after' } })
  const asked = page.waitForRequest(/authentication-options/)
  const input = { action: 'cognitoAuth', autofill: true }
  const waiting = call('passkey.signIn', input)
  await asked
  t.strictSame(await call('passkey.signIn', input), {}, 'one at a time')
  await page.waitForTimeout(300)
  local.clock.advance(30 * 60_000)
  t.match(await waiting, { data: { isVerified: true, userId: 'u1', token: String } })
})

t.test('a security key is enrolled and verifies', async (t) => {
  const { server, call, setToken } = await openApp(t, { device: KEY })
  await setToken((await server.track({ userId: 'u1', action: 'signUp' })).token)
  t.match(await call('securityKey.enroll'), { data: { token: String } })
  t.match(await server.getAuthenticators({ userId: 'u1' }), [
    {
      verificationMethod: 'SECURITY_KEY',
      webauthnCredential: { authenticatorAttachment: 'cross-platform' },
    },
  ])
  const { token } = await server.track({ userId: 'u1', action: 'signIn' })
  await setToken(token)
  const { data } = await call('securityKey.verify')
  t.match(data, { isVerified: true, token: String })
  t.match(await server.validateChallenge({ token: String(data?.token) }), {
    isValid: true,
    verificationMethod: 'SECURITY_KEY',
  })
})
