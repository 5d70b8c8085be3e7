import { TOTP } from 'otpauth'
import type { Page } from 'playwright-core'
import t from 'tap'
import { encode } from 'uqr'
import {
  askForAnother,
  codeField,
  codeFor,
  linkFor,
  shots,
  signIn,
  signOut,
  startDemoBrowser,
  welcomed,
} from '../support/demo-page.ts'
import { addVirtualAuthenticator, KEY } from '../support/virtual-authenticator.ts'

/** Signing in to the demo page by other ways than a code. */
const demo = await startDemoBrowser(t)

async function addAuthenticator(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name }).click()
}

t.test('goes on by itself when the link is opened in another browser', async (t) => {
  const page = await demo.open(t)
  await askForAnother(page, 'ada@example.com')
  await page.getByRole('button', { name: 'Link by email' }).click()
  await page.getByText('Waiting until you have opened the link…').waitFor()
  await shots(page, 'link')

  const other = await demo.open(t, { userAgent: 'Another device' })
  await other.goto(await linkFor('ada@example.com'))
  t.equal(await page.getByRole('heading', { name: 'Welcome' }).count(), 0, 'looking is not enough')
  await other.getByRole('button', { name: 'Yes, it is me' }).click()
  await welcomed(page)
})

t.test('goes on by itself when the link is opened in the same browser', async (t) => {
  const page = await demo.open(t)
  await askForAnother(page, 'grace@example.com')
  await page.getByRole('button', { name: 'Link by email' }).click()
  await page.getByText('Waiting until you have opened the link…').waitFor()
  const mail = await page.context().newPage()
  await mail.goto(await linkFor('grace@example.com'))
  await mail.getByRole('button', { name: 'Yes, it is me' }).click()
  await welcomed(page)
})

t.test('stops asking about a link that nobody waits for any more', async (t) => {
  const page = await demo.open(t)
  let polls = 0
  page.on('request', (request) => {
    if (request.url().endsWith('/email-magic-link/finalize')) polls += 1
  })
  await askForAnother(page, 'mary@example.com')
  await page.getByRole('button', { name: 'Link by email' }).click()
  await page.getByText('Waiting until you have opened the link…').waitFor()
  await page.getByRole('button', { name: 'Try another way' }).click()
  const before = polls
  await page.waitForTimeout(2_500)
  t.equal(polls, before)
})

t.test('adds an authenticator app by its QR code, and signs in with it', async (t) => {
  const page = await demo.open(t)
  await signIn(page, 'hedy@example.com')
  await addAuthenticator(page, 'Authenticator app')
  const qr = page.getByRole('img', { name: 'QR code for your authenticator app' })
  await qr.locator('path').waitFor({ state: 'attached' })
  await shots(page, 'add-app')
  const secret = (await page.locator('#enrolment-secret').textContent())?.replaceAll(' ', '')
  const app = new TOTP({ secret: secret ?? '' })
  const field = page.locator('#enrolment-code')
  await field.fill(app.generate({ timestamp: Date.now() - 3_600_000 }))
  await page.getByText('That code is not right or has expired.').waitFor()
  await field.fill(app.generate())
  await page.getByText('Authenticator app has been added.').waitFor()
  await shots(page, 'app-added')
  await signOut(page)

  await askForAnother(page, 'hedy@example.com')
  await page.getByRole('button', { name: 'Authenticator app' }).click()
  await page.getByRole('heading', { name: 'Authenticator app' }).waitFor()
  await shots(page, 'app')
  // The app's present code has been used to add it.
  const next = Date.now() + app.period * 1000
  await codeField(page).fill(app.generate({ timestamp: next }))
  await welcomed(page)
})

t.test('the QR code is that of the secret', async (t) => {
  const page = await demo.open(t)
  await signIn(page, 'katherine@example.com')
  const [answer] = await Promise.all([
    page.waitForResponse(/user-authenticators\/totp/),
    addAuthenticator(page, 'Authenticator app'),
  ])
  const { uri } = (await answer.json()) as { uri: string }
  const drawn = page.locator('#enrolment-qr path')
  await drawn.waitFor({ state: 'attached' })
  const { data } = encode(uri, { ecc: 'M', border: 4 })
  const dark = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}`] : [])))
  t.strictSame((await drawn.getAttribute('d'))?.match(/M\d+ \d+/g), dark)
})

t.test('adds a security key, and signs in with it', async (t) => {
  const page = await demo.open(t)
  await addVirtualAuthenticator(page, KEY)
  await signIn(page, 'joan@example.com')
  await addAuthenticator(page, 'Security key')
  await page.getByText(/Security key.* has been added\./).waitFor()
  await signOut(page)
  await askForAnother(page, 'joan@example.com')
  await page.getByRole('button', { name: 'Security key' }).click()
  await welcomed(page)
})

t.test('says so when the account has nothing of the kind', async (t) => {
  const page = await demo.open(t)
  await askForAnother(page, 'rosalind@example.com')
  await page.getByRole('button', { name: 'Authenticator app' }).click()
  await codeField(page).fill('123456')
  await page.getByText('That way is not set up for this account.').waitFor()
  await shots(page, 'not-set-up')
})

t.test('adds a phone number, which is then in the profile as well', async (t) => {
  const page = await demo.open(t)
  await signIn(page, 'emmy@example.com')
  await addAuthenticator(page, 'Phone number')
  await shots(page, 'add-phone')
  await page.getByRole('textbox', { name: 'Phone number', exact: true }).fill('+64 21 222 3333')
  await page.getByRole('button', { name: 'Send a code' }).click()
  await page.getByText('We sent a code to +64212223333.').waitFor()
  await shots(page, 'add-phone-code')
  await page.locator('#enrolment-code').fill(await codeFor('+64212223333'))
  await page.getByText(/Text message \(.*\) has been added\./).waitFor()
  await page.locator('#profile-phone').getByText('+64212223333').waitFor()
  await shots(page, 'phone-added')
})

t.test('no script failed and no policy was broken on any of these pages', async (t) => {
  t.strictSame(demo.complaints, [])
})
