import { mkdir } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { VerificationMethod, type UserActionState } from '@authsignal/node'
import { TOTP } from 'otpauth'
import type { Frame, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import type { LocalAuthsignalOptions } from '../../local/authsignal/index.ts'
import { buildPrebuiltUi } from '../../local/authsignal/prebuilt-ui/build.ts'
import {
  enrolEmail,
  MINUTE,
  startForTest,
  TENANT_ID,
  wrong,
  type TestAuthsignal,
} from '../local/authsignal/support.ts'
import { launchChromium } from '../support/chromium.ts'
import { serveSdkPage } from '../support/sdk-page.ts'
import { addVirtualAuthenticator, KEY, PLATFORM } from '../support/virtual-authenticator.ts'

/**
 * The stand-in's pre-built UI as users meet it: the page in a real Chromium, launched by redirect, or
 * by the unmodified SDK. Screenshots of what was seen are kept in artifacts/browser.
 */
const SHOTS = 'artifacts/browser'
const SIZES = {
  desktop: { width: 1280, height: 800 },
  phone: { width: 390, height: 844 },
  window: { width: 400, height: 500 },
}
const EMAIL = 'jane@example.com'
const PHONE = '+6421123456'

t.jobs = 1
const complaints: string[] = []
await mkdir(SHOTS, { recursive: true })
const browser = await launchChromium(t)
const app = await serveSdkPage()
const prebuiltUiDir = t.testdir()
await buildPrebuiltUi(prebuiltUiDir)
t.teardown(async () => {
  await browser.close()
  app.close()
})

interface Visit extends TestAuthsignal {
  page: Page
  /** Tracks an action and answers where its page is. */
  track: (attributes?: object, action?: string) => Promise<{ token: string; url: string }>
  /** Tracks an action and opens its page, with more in its query if given. */
  open: (attributes?: object, more?: string) => Promise<{ token: string }>
  state: (token: string) => Promise<UserActionState | undefined>
}

async function visit(
  t: Test,
  {
    size = 'desktop',
    ...options
  }: Partial<LocalAuthsignalOptions> & { size?: keyof typeof SIZES } = {},
): Promise<Visit> {
  const test = await startForTest(t, {
    prebuiltUiDir,
    passkeys: { origins: [app.origin] },
    ...options,
  })
  const context = await browser.newContext({ viewport: SIZES[size], reducedMotion: 'reduce' })
  t.teardown(() => context.close())
  const page = await context.newPage()
  // A policy that is broken is told on the console.
  context.on('weberror', (error) => complaints.push(error.error().message))
  context.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) complaints.push(message.text())
  })
  const track = (attributes = {}, action = 'transferFunds') => {
    const redirectUrl = `${app.origin}/back?order=7&note=a%20b#end`
    return test.server.track({ userId: 'u1', action, attributes: { redirectUrl, ...attributes } })
  }
  return {
    ...test,
    page,
    track,
    async open(attributes, more = '') {
      const { token, url } = await track(attributes)
      await page.goto(url + more)
      return { token }
    },
    state: async (token) => (await test.server.validateChallenge({ token })).state,
  }
}

/** The token with which the page went back to the app. */
async function returned(page: Page): Promise<string> {
  await page.waitForURL(`${app.origin}/back**`)
  return new URL(page.url()).searchParams.get('token') ?? 'no token'
}

const heading = (page: Page | Frame, name: string | RegExp) => page.getByRole('heading', { name })
const press = (page: Page | Frame, name: string | RegExp) =>
  page.getByRole('button', { name }).click()
const field = (page: Page | Frame, name = 'Six-digit code') => page.getByLabel(name)
const shot = (page: Page, name: string) =>
  page.screenshot({ path: `${SHOTS}/prebuilt-ui-${name}.png`, fullPage: true })

/** The code of the message that the press of a button sends. */
async function codeTo({ local, page }: Visit, address: string, after = 0): Promise<string> {
  for (let waits = 0; waits < 1_000; waits += 1) {
    const messages = local.messages(address)
    if (messages.length > after) return String(messages[0]?.code)
    await sleep(20)
  }
  throw new Error(`no message to ${address}; the page says: ${await page.textContent('body')}`)
}

async function enrolPhone({ server }: Visit): Promise<void> {
  await server.enrollVerifiedAuthenticator({
    userId: 'u1',
    attributes: { verificationMethod: VerificationMethod.SMS, phoneNumber: PHONE },
  })
}

t.test('signs in by email code and goes back with the fresh token', async (t) => {
  const test = await visit(t)
  const { local, page, server } = test
  await enrolEmail(local, 'u1', EMAIL)
  const { token } = await test.open({ email: EMAIL })
  await heading(page, 'Check your email').waitFor()
  t.match(await page.locator('main').textContent(), /transferFunds.*j\*\*\*@example\.com/s)
  await shot(page, 'email-desktop')

  const code = await codeTo(test, EMAIL)
  await field(page).fill(wrong(code))
  await page.getByText('That code is not right').waitFor()
  t.equal(await field(page).getAttribute('aria-invalid'), 'true')
  await shot(page, 'wrong-code-desktop')
  await field(page).fill(code)

  const fresh = await returned(page)
  const { searchParams, hash } = new URL(page.url())
  t.strictSame([searchParams.get('order'), searchParams.get('note'), hash], ['7', 'a b', '#end'])
  t.not(fresh, token)
  t.match(await server.validateChallenge({ token: fresh, userId: 'u1', action: 'transferFunds' }), {
    isValid: true,
    verificationMethod: 'EMAIL_OTP',
  })
})

t.test('lets the user choose among the methods they have, and choose again', async (t) => {
  const test = await visit(t, { size: 'phone' })
  const { local, page } = test
  await enrolEmail(local, 'u1', EMAIL)
  await enrolPhone(test)
  await test.open()
  await heading(page, 'Confirm it’s you').waitFor()
  t.strictSame(await page.getByRole('listitem').allTextContents(), [
    'Email codeTo j***@example.com',
    'Text messageTo *******3456',
    'WhatsAppTo *******3456',
  ])
  t.strictSame(local.messages(), [], 'nothing is sent before')
  await shot(page, 'choose-phone')
  await press(page, /^WhatsApp/)
  await heading(page, 'Check WhatsApp').waitFor()
  await codeTo(test, PHONE)
  await press(page, 'Try another way')
  await press(page, /^Text message/)
  await heading(page, 'Check your phone').waitFor()
  const first = await codeTo(test, PHONE, 1)
  await press(page, 'Send a new code')
  await page.getByText('A new code is on its way.').waitFor()
  const second = await codeTo(test, PHONE, 2)
  t.match(local.messages(PHONE), [{ channel: 'sms' }, { channel: 'sms' }, { channel: 'whatsapp' }])
  if (first !== second) {
    await field(page).fill(first)
    await page.getByText('That code is not right').waitFor()
  }
  await shot(page, 'sms-phone')
  await field(page).fill(second)
  t.equal(await test.state(await returned(page)), 'CHALLENGE_SUCCEEDED')
})

t.test('locks after too many wrong codes until a new one is asked for', async (t) => {
  const test = await visit(t)
  const { local, page } = test
  await enrolEmail(local, 'u1', EMAIL)
  await test.open()
  const code = await codeTo(test, EMAIL)
  for (let tries = 0; tries < 6; tries += 1) {
    const answered = page.waitForResponse(/verify/)
    await field(page).fill(String(Number(wrong(code)) + tries * 10).padStart(6, '0'))
    await answered
  }
  await page.getByText('Too many wrong codes').waitFor()
  t.equal(await field(page).isDisabled(), true)
  t.equal(await page.getByRole('button', { name: 'Confirm' }).count(), 0)
  await shot(page, 'locked-desktop')
  await press(page, 'Send a new code')
  await page.getByText('A new code is on its way.').waitFor()
  t.equal(await page.getByText('Too many wrong codes').count(), 0)
  await field(page).fill(await codeTo(test, EMAIL, 1))
  t.equal(await test.state(await returned(page)), 'CHALLENGE_SUCCEEDED')
})

t.test('says so when codes are asked for too often', async (t) => {
  const test = await visit(t)
  await enrolPhone(test)
  test.local.rules.add({ outcome: 'CHALLENGE', methods: ['SMS'] })
  await test.open()
  for (let sent = 1; sent <= 6; sent += 1) {
    await codeTo(test, PHONE, sent - 1)
    await press(test.page, 'Send a new code')
  }
  await test.page.getByText('That was too often.').waitFor()
  t.equal(test.local.messages().length, 6)
})

t.test('goes back with the original token when the user cancels', async (t) => {
  const test = await visit(t)
  await enrolEmail(test.local, 'u1', EMAIL)
  const { token } = await test.open()
  await press(test.page, 'Cancel')
  t.equal(await returned(test.page), token)
  t.equal(await test.state(token), 'CHALLENGE_REQUIRED')
})

t.test('a page without a way back says how it ended', async (t) => {
  const test = await visit(t)
  const { local, page, server } = test
  await enrolEmail(local, 'u1', EMAIL)
  const { url } = await server.track({ userId: 'u1', action: 'signIn' })
  await page.goto(url)
  await press(page, 'Cancel')
  await heading(page, 'Nothing was confirmed').waitFor()
  await page.goto(url)
  await field(page).fill(await codeTo(test, EMAIL, 1))
  await heading(page, 'You’re done').waitFor()
  await shot(page, 'done-desktop')
  await page.reload()
  await heading(page, 'You’re done').waitFor()
  t.equal(local.messages().length, 2, 'and after a reload there is nothing left to do')
})

t.test('a first authenticator app is set up and signs in', async (t) => {
  const test = await visit(t)
  const { local, page, server } = test
  await test.open({ username: 'jane' })
  await heading(page, 'Add a sign-in method').waitFor()
  await shot(page, 'add-desktop')
  await press(page, /^Authenticator app/)
  const picture = page.getByAltText('QR code for the authenticator app')
  await picture.waitFor()
  t.ok(await page.evaluate('document.images[0].decode().then(() => document.images[0].width > 0)'))
  const secret = (await page.locator('.secret').textContent()) ?? ''
  const totp = new TOTP({ secret })
  await shot(page, 'app-desktop')
  const code = totp.generate({ timestamp: local.clock.now() })
  await field(page).fill(wrong(code))
  await page.getByText('That code is not right').waitFor()
  await field(page).fill(code)
  t.equal(await test.state(await returned(page)), 'CHALLENGE_SUCCEEDED')
  t.match(await server.getAuthenticators({ userId: 'u1' }), [
    { verificationMethod: 'AUTHENTICATOR_APP' },
  ])

  local.clock.advance(MINUTE)
  await test.open()
  await heading(page, 'Open your authenticator app').waitFor()
  t.equal(await page.getByRole('button', { name: 'Send a new code' }).count(), 0)
  await field(page).fill(totp.generate({ timestamp: local.clock.now() }))
  t.equal(await test.state(await returned(page)), 'CHALLENGE_SUCCEEDED')
})

t.test('a tracked address is filled in and can be changed', async (t) => {
  const test = await visit(t, { size: 'phone' })
  const { local, page } = test
  await test.open({ email: EMAIL, phoneNumber: PHONE })
  await press(page, /^Email code/)
  t.equal(await field(page, 'Email address').inputValue(), EMAIL)
  await field(page, 'Email address').fill('nonsense')
  await press(page, 'Send code')
  await page.getByText('Enter an email address like').waitFor()
  await shot(page, 'address-phone')
  await press(page, 'Back')
  await press(page, /^Text message/)
  t.equal(await field(page, 'Phone number').inputValue(), PHONE)
  await field(page, 'Phone number').fill('+64 (21) 999-999')
  await press(page, 'Send code')
  await field(page).fill(await codeTo(test, '+6421999999'))
  t.equal(await test.state(await returned(page)), 'CHALLENGE_SUCCEEDED')
  t.match(local.users.get('u1')?.authenticators, [{ phoneNumber: '+6421999999' }])
})

for (const { name, device, add, use, method } of [
  {
    name: 'a passkey',
    device: PLATFORM,
    add: 'Create passkey',
    use: 'Use passkey',
    method: 'PASSKEY',
  },
  {
    name: 'a security key',
    device: KEY,
    add: 'Add security key',
    use: 'Use security key',
    method: 'SECURITY_KEY',
  },
]) {
  t.test(`${name} is added and steps up`, async (t) => {
    const test = await visit(t, { size: 'phone' })
    const { page, server } = test
    const { cdp, authenticatorId } = await addVirtualAuthenticator(page, device)
    await test.open()
    await press(page, method === 'PASSKEY' ? /^Passkey/ : /^Security key/)
    await page.getByRole('button', { name: add }).waitFor()
    await shot(page, `${method.toLowerCase()}-phone`)
    await press(page, add)
    const added = await returned(page)
    t.match(await server.validateChallenge({ token: added }), {
      isValid: true,
      verificationMethod: method,
    })

    await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false })
    await test.open()
    const start = page.getByRole('button', { name: use })
    if (method === 'PASSKEY') {
      await start.click()
      await page.getByText('That was cancelled or took too long.').waitFor()
      await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true })
    }
    await start.click()
    t.match(await server.validateChallenge({ token: await returned(page) }), {
      isValid: true,
      verificationMethod: method,
    })
  })
}

t.test('a magic link is waited for, wherever it is opened', async (t) => {
  const test = await visit(t)
  const { local, page, server } = test
  const confirmNewest = async () => {
    const mail = await page.context().newPage()
    await mail.goto(String(local.messages(EMAIL)[0]?.url))
    await press(mail, 'Yes, it is me')
    await heading(mail, 'Thank you').waitFor()
  }
  await test.open({ email: EMAIL })
  await press(page, /^Email link/)
  await press(page, 'Send link')
  await page.getByText('Waiting for you to confirm').waitFor()
  await confirmNewest()
  t.equal(await test.state(await returned(page)), 'CHALLENGE_SUCCEEDED')

  await test.open()
  await page.getByText('Waiting for you to confirm').waitFor()
  await shot(page, 'link-desktop')
  await codeTo(test, EMAIL, 1)
  await press(page, 'Send a new link')
  await page.getByText('A new link is on its way.').waitFor()
  await confirmNewest()
  t.match(await server.validateChallenge({ token: await returned(page) }), {
    isValid: true,
    verificationMethod: 'EMAIL_MAGIC_LINK',
  })
})

t.test('the scope to add spares the challenge, and settings follow', async (t) => {
  const test = await visit(t)
  const { local, page } = test
  await enrolEmail(local, 'u1', EMAIL)
  const attributes = { scope: 'add:authenticators', redirectToSettings: true }
  const { token, url } = await test.track(attributes)
  await page.goto(url)
  await press(page, /^Text message/)
  await field(page, 'Phone number').fill(PHONE)
  await press(page, 'Send code')
  await field(page).fill(await codeTo(test, PHONE))
  await heading(page, 'Your sign-in methods').waitFor()
  t.equal(await page.getByRole('button', { name: 'Cancel' }).count(), 0)
  t.strictSame(await page.getByRole('listitem').allTextContents(), [
    'Email codej***@example.com',
    'Text message*******3456',
  ])
  await shot(page, 'settings-desktop')

  await addVirtualAuthenticator(page, PLATFORM)
  await press(page, 'Add another method')
  await press(page, 'Back')
  await press(page, 'Add another method')
  await press(page, /^Passkey/)
  await press(page, 'Create passkey')
  await page.getByText(/^Added /).waitFor()
  t.equal(await page.getByRole('listitem').count(), 3)
  await press(page, 'Done')
  const last = await returned(page)
  t.not(last, token)
  t.equal(await test.state(last), 'CHALLENGE_SUCCEEDED')
  await page.goto(url)
  t.equal(await returned(page), token, 'and the same page has nothing to do any more')
})

t.test('settings follow a challenge too', async (t) => {
  const test = await visit(t, { size: 'phone' })
  const { local, page } = test
  await enrolEmail(local, 'u1', EMAIL)
  await test.open({ redirectToSettings: true })
  await field(page).fill(await codeTo(test, EMAIL))
  await heading(page, 'Your sign-in methods').waitFor()
  await shot(page, 'settings-phone')
  await press(page, 'Done')
  t.equal(await test.state(await returned(page)), 'CHALLENGE_SUCCEEDED')
})

t.test('a forced enrolment comes after the challenge', async (t) => {
  const test = await visit(t)
  const { local, page } = test
  await enrolEmail(local, 'u1', EMAIL)
  await test.open({ phoneNumber: PHONE }, '&force_enrollment=true')
  await field(page).fill(await codeTo(test, EMAIL))
  await heading(page, 'Add a sign-in method').waitFor()
  await press(page, /^Text message/)
  await press(page, 'Send code')
  await field(page).fill(await codeTo(test, PHONE))
  await returned(page)
  t.strictSame(
    local.users.get('u1')?.authenticators.map((a) => a.verificationMethod),
    ['EMAIL_OTP', 'SMS'],
  )
})

t.test('only what a rule leaves of the methods is offered', async (t) => {
  const test = await visit(t)
  const { local, page } = test
  await enrolEmail(local, 'u1', EMAIL)
  await enrolPhone(test)
  local.rules.add({ outcome: 'CHALLENGE', methods: ['SMS'] })
  await test.open()
  await heading(page, 'Check your phone').waitFor()
  local.rules.clear()
  local.rules.add({ outcome: 'CHALLENGE', methods: ['PASSKEY'] })
  const { token } = await test.open()
  await heading(page, 'Another method is needed').waitFor()
  await press(page, 'Go back')
  t.equal(await returned(page), token)
})

t.test('what a rule has blocked cannot be confirmed', async (t) => {
  const test = await visit(t)
  test.local.rules.add({ outcome: 'BLOCK' })
  await test.open()
  await heading(test.page, 'This is not possible').waitFor()
  await enrolEmail(test.local, 'u1', EMAIL)
  const { token } = await test.open()
  await heading(test.page, 'This is not possible').waitFor()
  await shot(test.page, 'blocked-desktop')
  await press(test.page, 'Go back')
  t.equal(await returned(test.page), token)
  t.equal(await test.state(token), 'BLOCK')
})

t.test('speaks German to those who do', async (t) => {
  const test = await visit(t, { size: 'phone' })
  const { local, page } = test
  await enrolEmail(local, 'u1', EMAIL)
  await enrolPhone(test)
  await page.emulateMedia({ colorScheme: 'dark' })
  await test.open({ locale: 'de-AT' })
  await heading(page, 'Bestätigen Sie, dass Sie es sind').waitFor()
  t.equal(await page.locator('html').getAttribute('lang'), 'de')
  await shot(page, 'german-phone')
  await press(page, /^SMS/)
  await heading(page, 'Sehen Sie auf Ihr Handy').waitFor()
  await shot(page, 'german-sms-phone')
})

t.test('a link that is expired or broken gets a friendly page', async (t) => {
  const test = await visit(t, { size: 'phone' })
  const { local, page } = test
  await enrolEmail(local, 'u1', EMAIL)
  const { url } = await test.track()
  local.clock.advance(11 * MINUTE)
  await page.goto(url)
  await heading(page, 'This page has expired').waitFor()
  await shot(page, 'expired-phone')
  t.equal(await page.getByRole('button').count(), 0, 'nobody says where to go back to')
  for (const query of ['?token=nonsense', '?token=', '']) {
    await page.goto(`${local.origin}/challenge${query}`)
    await heading(page, 'This link does not work').waitFor()
  }
})

t.test('a page that expires under way leads back', async (t) => {
  const test = await visit(t)
  const { local, page } = test
  await enrolEmail(local, 'u1', EMAIL)
  const { token } = await test.open()
  const code = await codeTo(test, EMAIL)
  local.clock.advance(11 * MINUTE)
  await field(page).fill(code)
  await heading(page, 'This page has expired').waitFor()
  await press(page, 'Go back')
  t.equal(await returned(page), token)
})

t.test('says so when there is no connection, and goes on when there is', async (t) => {
  const test = await visit(t)
  const { local, page } = test
  await enrolEmail(local, 'u1', EMAIL)
  await test.open()
  const code = await codeTo(test, EMAIL)
  await page.context().setOffline(true)
  await field(page).fill(code)
  await page.getByText('No connection.').waitFor()
  await page.context().setOffline(false)
  await press(page, 'Confirm')
  t.equal(await test.state(await returned(page)), 'CHALLENGE_SUCCEEDED')
})

t.test('a start that fails can be tried again', async (t) => {
  const test = await visit(t)
  const { local, page } = test
  await enrolEmail(local, 'u1', EMAIL)
  const operation = 'POST /client/init'
  local.faults.add({ operation, fault: { kind: 'answer', status: 503, body: '<h1>' }, times: 1 })
  await test.open()
  await heading(page, 'Something went wrong').waitFor()
  await press(page, 'Try again')
  await heading(page, 'Check your email').waitFor()
})

t.test('can be used with the keyboard alone', async (t) => {
  const test = await visit(t)
  const { local, page } = test
  await enrolEmail(local, 'u1', EMAIL)
  await enrolPhone(test)
  await test.open()
  await heading(page, 'Confirm it’s you').waitFor()
  const focused = () => page.evaluate('document.activeElement.textContent')
  t.equal(await focused(), 'Confirm it’s you', 'the new screen is read out')
  await page.keyboard.press('Tab')
  t.match(await focused(), /^Email code/)
  await page.keyboard.press('Enter')
  await heading(page, 'Check your email').waitFor()
  t.equal(await page.evaluate('document.activeElement.id'), 'code')
  // Keys are lost until the page knows that the message was sent, which may be before that.
  await page.locator('#code:not([readonly])').waitFor()
  await page.keyboard.type(await codeTo(test, EMAIL))
  t.equal(await test.state(await returned(page)), 'CHALLENGE_SUCCEEDED')
})

t.test('a mobile app is left for through its scheme', async (t) => {
  const test = await visit(t, { size: 'phone' })
  const { local, page } = test
  await enrolEmail(local, 'u1', EMAIL)
  const { token } = await test.open({}, '&nativeScheme=authsignal')
  await press(page, 'Cancel')
  const link = page.getByRole('link', { name: 'Open the app' })
  t.equal(await link.getAttribute('href'), `authsignal://auth?token=${token}`)
})

/** The app's page, in which the SDK launches the url; what comes of it is kept in `outcome`. */
async function launch(
  { page, local, track }: Visit,
  mode: 'popup' | 'window',
  attributes?: object,
): Promise<{ token: string; outcome: () => Promise<{ token?: string; errors: object[] }> }> {
  await page.goto(app.origin)
  const { token, url } = await track(attributes)
  const config = JSON.stringify({ tenantId: TENANT_ID, baseUrl: local.apiUrl })
  await page.evaluate(`
    window.messages = []
    addEventListener('message', ({ data }) => messages.push(data))
    window.errors = []
    window.outcome = undefined
    new authsignal.Authsignal(${config})
      .launch(${JSON.stringify(url)}, {
        mode: ${JSON.stringify(mode)},
        onError: (error) => errors.push(error),
      })
      .then((result) => (window.outcome = { ...result, errors }))
    undefined
  `)
  return {
    token,
    async outcome() {
      await page.waitForFunction('window.outcome !== undefined')
      return page.evaluate('window.outcome')
    },
  }
}

async function frameOf(page: Page): Promise<Frame> {
  const element = await page.waitForSelector('iframe[name=authsignal].as-iframe-ready')
  const frame = await element.contentFrame()
  if (!frame) throw new Error('the frame is empty')
  return frame
}

t.test('in a dialog of the SDK it answers with the fresh token', async (t) => {
  const test = await visit(t)
  const { local, page } = test
  await enrolEmail(local, 'u1', EMAIL)
  await enrolPhone(test)
  const { token, outcome } = await launch(test, 'popup')
  const frame = await frameOf(page)
  await heading(frame, 'Confirm it’s you').waitFor()
  const chosen = await heightOf(page)
  await press(frame, /^Email code/)
  await heading(frame, 'Check your email').waitFor()
  await page.waitForTimeout(300)
  await shot(page, 'dialog-desktop')
  const messages = await page.evaluate<unknown[]>('messages')
  t.ok(messages.includes('{"event":"AUTHSIGNAL_READY"}'))
  t.ok(messages.some((message) => typeof message === 'object'))
  t.not(await heightOf(page), chosen, 'the dialog follows the page')
  t.equal(await frame.evaluate('document.documentElement.scrollHeight > innerHeight'), false)

  await field(frame).fill(await codeTo(test, EMAIL))
  const result = await outcome()
  t.strictSame(result.errors, [])
  t.not(result.token, token)
  t.equal(await test.state(String(result.token)), 'CHALLENGE_SUCCEEDED')
  t.equal(await page.locator('iframe').count(), 0)
})

const heightOf = (page: Page) =>
  page.evaluate<string>(`document.querySelector('iframe').style.height`)

t.test('in a dialog the original token comes back when the user cancels', async (t) => {
  const test = await visit(t)
  await enrolEmail(test.local, 'u1', EMAIL)
  const { token, outcome } = await launch(test, 'popup')
  await press(await frameOf(test.page), 'Cancel')
  t.strictSame(await outcome(), { token, errors: [] })
  t.equal(await test.state(token), 'CHALLENGE_REQUIRED')
})

t.test('in a dialog a passkey is created and used', async (t) => {
  const test = await visit(t)
  const { page } = test
  await addVirtualAuthenticator(page, PLATFORM)
  const first = await launch(test, 'popup')
  const frame = await frameOf(page)
  await press(frame, /^Passkey/)
  await press(frame, 'Create passkey')
  t.equal(await test.state(String((await first.outcome()).token)), 'CHALLENGE_SUCCEEDED')
  const second = await launch(test, 'popup')
  await press(await frameOf(page), 'Use passkey')
  t.equal(await test.state(String((await second.outcome()).token)), 'CHALLENGE_SUCCEEDED')
})

t.test('in a dialog on a phone it fits', async (t) => {
  const test = await visit(t, { size: 'phone' })
  const { page } = test
  await launch(test, 'popup', { email: EMAIL })
  const frame = await frameOf(page)
  await heading(frame, 'Add a sign-in method').waitFor()
  await page.waitForTimeout(300)
  t.equal(await frame.evaluate('document.documentElement.scrollWidth > innerWidth'), false)
  await page.screenshot({ path: `${SHOTS}/prebuilt-ui-dialog-phone.png` })
})

t.test('in a dialog the app hears of an expired token', async (t) => {
  const test = await visit(t)
  const { local, page } = test
  await enrolEmail(local, 'u1', EMAIL)
  const expired = await test.track()
  local.clock.advance(11 * MINUTE)
  const { token, outcome } = await launch({ ...test, track: async () => expired }, 'popup')
  const frame = await frameOf(page)
  await heading(frame, 'This page has expired').waitFor()
  t.strictSame(await page.evaluate('errors'), [{ errorCode: 'expired_token', statusCode: 401 }])
  await page.waitForTimeout(300)
  await shot(page, 'dialog-expired-desktop')
  await press(frame, 'Go back')
  t.match(await outcome(), { token })
})

t.test('in a window of the SDK it answers with the fresh token, or the original', async (t) => {
  const test = await visit(t)
  const { local, page } = test
  await enrolEmail(local, 'u1', EMAIL)
  await enrolPhone(test)
  const opened = page.waitForEvent('popup')
  const { token, outcome } = await launch(test, 'window')
  const popup = await opened
  await heading(popup, 'Confirm it’s you').waitFor()
  await popup.setViewportSize(SIZES.window)
  await popup.screenshot({ path: `${SHOTS}/prebuilt-ui-window-choose.png` })
  await press(popup, /^Email code/)
  await heading(popup, 'Check your email').waitFor()
  await popup.screenshot({ path: `${SHOTS}/prebuilt-ui-window-email.png` })
  t.equal(await popup.evaluate('document.documentElement.scrollHeight > innerHeight'), false)
  const closed = popup.waitForEvent('close')
  await field(popup).fill(await codeTo(test, EMAIL))
  const result = await outcome()
  t.not(result.token, token)
  t.equal(await test.state(String(result.token)), 'CHALLENGE_SUCCEEDED')
  await closed

  const reopened = page.waitForEvent('popup')
  const again = await launch(test, 'window')
  await press(await reopened, 'Cancel')
  t.strictSame(await again.outcome(), { token: again.token, errors: [] })
})

t.test('no script failed and no policy was broken on any of these pages', async (t) => {
  t.strictSame(complaints, [])
})
