import { mkdir } from 'node:fs/promises'
import type { BrowserContext, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { launchChromium } from '../support/chromium.ts'
import { startDev } from '../support/dev.ts'

/**
 * The demo page in a real Chromium against `npm run dev` as a newcomer runs it. Screenshots of what
 * was seen are kept in artifacts/browser.
 */
const DEMO = 'http://localhost:3080'
const MESSAGES = 'http://localhost:9230/local/messages'
const SHOTS = 'artifacts/browser'
const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } }

t.jobs = 1
const scriptErrors: string[] = []
await mkdir(SHOTS, { recursive: true })
const browser = await launchChromium(t)
const stop = await startDev()
t.teardown(async () => {
  await browser.close()
  await stop()
})

t.test('signs a new user in by email code, and the same user again', async (t) => {
  const page = await openPage(t)
  await shot(page, '1-sign-in')
  for (const time of ['new', 'returning']) {
    await askForCode(page, 'Ada@Example.com')
    t.match(await page.locator('#code-sent').textContent(), /ada@example.com/i)
    await shot(page, `2-code-${time}`)
    await page.getByLabel('Six-digit code').fill(await codeFor('ada@example.com'))
    await page.getByRole('heading', { name: 'Welcome' }).waitFor()
    t.match(await page.locator('#signed-in-as').textContent(), 'ada@example.com')
    t.match(await page.locator('#id-claims').textContent(), /token_use/)
    await shot(page, `3-signed-in-${time}`)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  }
})

t.test('says what is wrong with a wrong code, and takes the right one after it', async (t) => {
  const page = await openPage(t)
  await askForCode(page, 'grace@example.com')
  const right = await codeFor('grace@example.com')
  await page.getByLabel('Six-digit code').fill(right === '000000' ? '111111' : '000000')
  const alert = page.locator('#code-error')
  await alert.getByText('That code is not right or has expired.').waitFor()
  await shot(page, '4-wrong-code')
  await page.getByLabel('Six-digit code').fill(right)
  t.ok(await welcomed(page))
})

t.test('signs in by text message on a phone', async (t) => {
  const page = await openPage(t, 'phone')
  await shot(page, '5-phone-sign-in')
  await askForCode(page, '+64 21 123 4567')
  await shot(page, '6-phone-code')
  await page.getByLabel('Six-digit code').fill(await codeFor('+64211234567'))
  t.ok(await welcomed(page))
  await shot(page, '7-phone-signed-in')
})

t.test('can be used with the keyboard alone', async (t) => {
  const page = await openPage(t)
  const focused = () => page.evaluate('document.activeElement.id')
  for (let tabs = 0; tabs < 5 && (await focused()) !== 'identifier'; tabs += 1) {
    await page.keyboard.press('Tab')
  }
  await page.keyboard.type('hedy@example.com')
  await page.keyboard.press('Enter')
  await page.getByLabel('Six-digit code').waitFor()
  t.equal(await focused(), 'code', 'focus is on the code field')
  await page.keyboard.type(await codeFor('hedy@example.com'))
  t.ok(await welcomed(page))
})

t.test('refuses what is no address before it calls anybody', async (t) => {
  const page = await openPage(t)
  await page.getByLabel('Email or phone number').fill('nonsense')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByText('Enter an email address like name@example.com').waitFor()
  t.equal(await page.getByLabel('Email or phone number').getAttribute('aria-invalid'), 'true')
  await shot(page, '8-not-an-address')
})

t.test('says so when there is no connection, and goes on when there is', async (t) => {
  const page = await openPage(t)
  await page.getByLabel('Email or phone number').fill('joan@example.com')
  await page.context().setOffline(true)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByText('No connection. Check your network and try again.').waitFor()
  await shot(page, '9-no-connection')
  await page.context().setOffline(false)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByLabel('Six-digit code').waitFor()
  t.equal(await page.getByText('No connection.').isVisible(), false)
})

t.test('says so when the session has expired', async (t) => {
  const page = await openPage(t)
  await page.clock.install()
  await askForCode(page, 'mary@example.com')
  await page.clock.fastForward('04:00')
  await page.getByText('Your sign-in took too long. Please start again.').waitFor()
  t.equal(await page.getByLabel('Email or phone number').inputValue(), 'mary@example.com')
  await shot(page, '10-session-expired')
})

t.test('calls the service and Authsignal and nobody else', async (t) => {
  const page = await openPage(t)
  const origins = new Set<string>()
  page.on('request', (request) => origins.add(new URL(request.url()).origin))
  await askForCode(page, 'katherine@example.com')
  await page.getByLabel('Six-digit code').fill(await codeFor('katherine@example.com'))
  await page.getByRole('heading', { name: 'Welcome' }).waitFor()
  t.strictSame([...origins].toSorted(), ['http://localhost:3000', 'http://localhost:9230'])
  const kept = await page.evaluate('JSON.stringify([{...localStorage}, {...sessionStorage}])')
  t.notMatch(kept, 'eyJ', 'no token is stored')
})

t.test('no script failed on any of these pages', async (t) => {
  t.strictSame(scriptErrors, [])
})

async function openPage(t: Test, size: keyof typeof SIZES = 'desktop'): Promise<Page> {
  const context: BrowserContext = await browser.newContext({
    viewport: SIZES[size],
    reducedMotion: 'reduce',
  })
  t.teardown(() => context.close())
  const page = await context.newPage()
  page.on('pageerror', (error) => scriptErrors.push(error.message))
  await page.goto(DEMO)
  return page
}

async function welcomed(page: Page): Promise<boolean> {
  const heading = page.getByRole('heading', { name: 'Welcome' })
  await heading.waitFor()
  return heading.isVisible()
}

async function askForCode(page: Page, address: string): Promise<void> {
  await page.getByLabel('Email or phone number').fill(address)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByLabel('Six-digit code').waitFor()
}

async function codeFor(address: string): Promise<string> {
  const response = await fetch(`${MESSAGES}?to=${encodeURIComponent(address)}`)
  const [newest] = (await response.json()) as { code: string }[]
  if (newest === undefined) throw new Error(`no message to ${address}`)
  return newest.code
}

async function shot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true })
}
