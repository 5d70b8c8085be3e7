import type { Frame, Page } from 'playwright-core'
import t from 'tap'
import { enrolEmail, MINUTE, TENANT_ID } from '../local/authsignal/support.ts'
import { closing } from '../support/closing.ts'
import {
  codeTo,
  EMAIL,
  enrolPhone,
  field,
  heading,
  prebuiltUiVisits,
  press,
  shot,
  SHOTS,
  SIZES,
  type Visit,
} from '../support/prebuilt-ui-visit.ts'
import { addVirtualAuthenticator, PLATFORM } from '../support/virtual-authenticator.ts'

/** The stand-in's pre-built UI, launched by the unmodified SDK in a dialog or a window. */
t.jobs = 1
const { visit, complaints, appOrigin } = await prebuiltUiVisits(t)

/** The app's page, in which the SDK launches the url; what comes of it is kept in `outcome`. */
async function launch(
  { page, local, track }: Visit,
  mode: 'popup' | 'window',
  attributes?: object,
): Promise<{ token: string; outcome: () => Promise<{ token?: string; errors: object[] }> }> {
  await page.goto(appOrigin)
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

const heightOf = (page: Page) =>
  page.evaluate<string>(`document.querySelector('iframe').style.height`)

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
  const before = JSON.stringify(chosen)
  await page.waitForFunction(`document.querySelector('iframe').style.height !== ${before}`)
  await frame.waitForFunction('document.documentElement.scrollHeight <= innerHeight')
  await shot(page, 'dialog-desktop')
  const messages = await page.evaluate<unknown[]>('messages')
  t.ok(messages.includes('{"event":"AUTHSIGNAL_READY"}'))
  t.ok(messages.some((message) => typeof message === 'object'))
  t.not(await heightOf(page), chosen, 'the dialog follows the page')
  t.equal(await frame.evaluate('document.documentElement.scrollHeight > innerHeight'), false)

  await closing(field(frame).fill(await codeTo(test, EMAIL)))
  const result = await outcome()
  t.strictSame(result.errors, [])
  t.not(result.token, token)
  t.equal(await test.state(String(result.token)), 'CHALLENGE_SUCCEEDED')
  t.equal(await page.locator('iframe').count(), 0)
})

t.test('in a dialog the original token comes back when the user cancels', async (t) => {
  const test = await visit(t)
  await enrolEmail(test.local, 'u1', EMAIL)
  const { token, outcome } = await launch(test, 'popup')
  await closing(press(await frameOf(test.page), 'Cancel'))
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
  await closing(press(frame, 'Create passkey'))
  t.equal(await test.state(String((await first.outcome()).token)), 'CHALLENGE_SUCCEEDED')
  const second = await launch(test, 'popup')
  await closing(press(await frameOf(page), 'Use passkey'))
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
  await closing(press(frame, 'Go back'))
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
  await closing(field(popup).fill(await codeTo(test, EMAIL)))
  const result = await outcome()
  t.not(result.token, token)
  t.equal(await test.state(String(result.token)), 'CHALLENGE_SUCCEEDED')
  await closed

  const reopened = page.waitForEvent('popup')
  const again = await launch(test, 'window')
  await closing(press(await reopened, 'Cancel'))
  t.strictSame(await again.outcome(), { token: again.token, errors: [] })
})

t.test('no script failed and no policy was broken on any of these pages', async (t) => {
  t.strictSame(complaints, [])
})
