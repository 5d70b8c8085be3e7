import type { FrameLocator, Page } from 'playwright-core'
import t from 'tap'
import { closing } from '../support/closing.ts'
import {
  askForAnother,
  codeAfter,
  codeField,
  codeFor,
  codeSent,
  messagesTo,
  shots,
  startDemoBrowser,
  welcomed,
} from '../support/demo-page.ts'

/** Authsignal's own page, as the demo page uses it: in its place, as a dialog, in a window. */
const demo = await startDemoBrowser(t)
const POPUP = '#__authsignal-popup-iframe'
const LEFT = 'You left Authsignal’s page before you were done.'
const CLOSED = 'The window was closed before you were done.'

/** Takes the challenge on Authsignal's page, which sends a code of its own when it opens. */
async function pass(hosted: Page | FrameLocator, address: string, sent: number): Promise<void> {
  const code = await codeAfter(sent, address)
  await closing(hosted.getByLabel('Six-digit code').fill(code))
}

async function goToPage(page: Page, address: string): Promise<void> {
  await askForAnother(page, address)
  await page.getByRole('button', { name: 'Page', exact: true }).click()
  await page.waitForURL(/^http:\/\/localhost:9230\//)
}

async function openDialog(page: Page, address: string): Promise<FrameLocator> {
  await askForAnother(page, address)
  await page.getByRole('button', { name: 'Dialog', exact: true }).click()
  await page.locator(`${POPUP}.as-iframe-ready`).waitFor()
  return page.frameLocator(POPUP)
}

async function openWindow(page: Page, address: string): Promise<Page> {
  await askForAnother(page, address)
  const [opened] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('button', { name: 'Window', exact: true }).click(),
  ])
  return opened
}

t.test('goes there and comes back signed in, with no token left in the URL', async (t) => {
  const page = await demo.open(t)
  const urls: string[] = []
  page.on('framenavigated', (frame) => urls.push(frame.url()))
  await goToPage(page, 'ada@example.com')
  await pass(page, 'ada@example.com', 1)
  await welcomed(page)
  t.equal(page.url(), 'http://localhost:3080/')
  t.match(urls.at(-2), /^http:\/\/localhost:3080\/callback\?token=/, 'it did come in the URL')
  t.equal(await page.evaluate('Object.keys(sessionStorage).length'), 0)
  const requests: string[] = []
  page.on('request', (request) => requests.push(JSON.stringify(request.headers())))
  await page.getByRole('button', { name: 'Renew now' }).click()
  await page.getByText('Renewed.').waitFor()
  t.notMatch(requests.join(), /token=/, 'nor does a Referer tell it')
})

t.test('goes there, thinks better of it, and can go on here', async (t) => {
  const page = await demo.open(t)
  await goToPage(page, 'grace@example.com')
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByText(LEFT).waitFor()
  t.equal(page.url(), 'http://localhost:3080/')
  await shots(page, 'page-left')
  await page.getByRole('button', { name: 'Page', exact: true }).click()
  await page.waitForURL(/^http:\/\/localhost:9230\//)
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByText(LEFT).waitFor()
  await page.getByRole('button', { name: 'Code by email' }).click()
  await codeSent(page)
  await codeField(page).fill(await codeFor('grace@example.com'))
  await welcomed(page)
})

t.test('comes back by the browser’s back button, not signed in', async (t) => {
  const page = await demo.open(t)
  await goToPage(page, 'hedy@example.com')
  await page.goBack()
  await page.getByText(/You left Authsignal’s page|brought nothing back/).waitFor()
})

t.test(
  'comes back with nothing, with another attempt’s token, or without having gone',
  async (t) => {
    const page = await demo.open(t)
    await goToPage(page, 'mary@example.com')
    await page.goto('http://localhost:3080/callback')
    await page.getByText('Authsignal’s page brought nothing back').waitFor()
    t.equal(await page.getByLabel('Email or phone number').inputValue(), 'mary@example.com')
    await shots(page, 'page-nothing')

    await page.goto('http://localhost:3080/callback?token=stolen')
    await page.getByText('This page no longer knows which sign-in that was.').waitFor()
    t.equal(page.url(), 'http://localhost:3080/')

    await goToPage(page, 'mary@example.com')
    await page.goto('http://localhost:3080/callback?token=made.up.token')
    await page.getByText('We could not confirm that it was you.').waitFor()
    await shots(page, 'page-refused')
  },
)

t.test('opens a dialog and is signed in when it closes', async (t) => {
  const page = await demo.open(t)
  const dialog = await openDialog(page, 'joan@example.com')
  await shots(page, 'page-dialog')
  await pass(dialog, 'joan@example.com', 1)
  await welcomed(page)
  t.equal(await page.locator(POPUP).count(), 0)
})

t.test('quits the dialog, closes it from outside, and passes it after all', async (t) => {
  const page = await demo.open(t)
  const dialog = await openDialog(page, 'katherine@example.com')
  await closing(dialog.getByRole('button', { name: 'Cancel' }).click())
  await page.getByText(LEFT).waitFor()
  await page.getByRole('button', { name: 'Dialog', exact: true }).click()
  await page.locator(`${POPUP}.as-iframe-ready`).waitFor()
  await page.mouse.click(10, 400)
  await page.getByText(CLOSED).waitFor()
  await shots(page, 'page-closed')
  const { length: sent } = await messagesTo('katherine@example.com')
  await page.getByRole('button', { name: 'Dialog', exact: true }).click()
  await page.locator(`${POPUP}.as-iframe-ready`).waitFor()
  await pass(dialog, 'katherine@example.com', sent)
  await welcomed(page)
})

t.test('opens a window and is signed in when it closes', async (t) => {
  const page = await demo.open(t)
  const opened = await openWindow(page, 'emmy@example.com')
  await page.getByText('Go on in the window that has opened.').waitFor()
  await shots(page, 'page-window')
  await pass(opened, 'emmy@example.com', 1)
  await welcomed(page)
  if (!opened.isClosed()) await opened.waitForEvent('close')
})

t.test('quits the window, closes it, cancels here, and passes it after all', async (t) => {
  const page = await demo.open(t)
  const address = 'rosalind@example.com'
  // Each window has sent its code before the next is opened, which takes only its own.
  const again = async () => {
    const { length: sent } = await messagesTo(address)
    const [opened] = await Promise.all([
      page.waitForEvent('popup'),
      page.getByRole('button', { name: 'Window', exact: true }).click(),
    ])
    return { opened, code: await codeAfter(sent, address) }
  }
  const first = await openWindow(page, address)
  await codeAfter(1, address)
  await closing(first.getByRole('button', { name: 'Cancel' }).click())
  await page.getByText(LEFT).waitFor()

  const { opened: second } = await again()
  await second.getByLabel('Six-digit code').waitFor()
  await second.close()
  await page.getByText(CLOSED).waitFor()

  const { opened: third } = await again()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('heading', { name: 'Choose another way' }).waitFor()
  if (!third.isClosed()) await third.waitForEvent('close')

  const { opened: fourth, code } = await again()
  await closing(fourth.getByLabel('Six-digit code').fill(code))
  await welcomed(page)
})

t.test('says so when the browser lets no window open', async (t) => {
  const page = await demo.open(t)
  await askForAnother(page, 'dorothy@example.com')
  await page.evaluate('window.open = () => null')
  await page.getByRole('button', { name: 'Window', exact: true }).click()
  await page.getByText('Your browser blocked the window.').waitFor()
})

t.test('tells Authsignal’s page which language to speak', async (t) => {
  const page = await demo.open(t, { locale: 'de' })
  await page.getByLabel('E-Mail oder Telefonnummer').fill('lise@example.com')
  await page.getByRole('button', { name: 'Weiter', exact: true }).click()
  await page.getByRole('button', { name: 'Anderer Weg' }).click()
  await page.getByRole('button', { name: 'Seite', exact: true }).click()
  await page.waitForURL(/^http:\/\/localhost:9230\//)
  await page.getByRole('textbox').waitFor()
  t.equal(await page.evaluate('document.documentElement.lang'), 'de')
})

t.test('closes the dialog when the time for the sign-in is up', async (t) => {
  const page = await demo.open(t)
  await page.clock.install()
  await openDialog(page, 'nyx@example.com')
  await page.clock.fastForward('04:00')
  await page.getByText('That took too long. Please start again.').waitFor()
  await page.locator(POPUP).waitFor({ state: 'detached' })
})

t.test('no script failed and no policy was broken on any of these pages', async (t) => {
  t.strictSame(demo.complaints, [])
})
