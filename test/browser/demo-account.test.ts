import type { Page } from 'playwright-core'
import t from 'tap'
import { closing } from '../support/closing.ts'
import {
  addRule,
  codeAfter,
  codeField,
  codeFor,
  codeSent,
  messagesTo,
  shots,
  signIn,
  signInMinutesAgo,
  signOut,
  startDemoBrowser,
  welcomed,
} from '../support/demo-page.ts'

/** What somebody who is signed in can do on the demo page. */
const demo = await startDemoBrowser(t)

/** Takes the code that the dialog on top asks for. */
async function confirmByCode(page: Page, address: string): Promise<void> {
  await codeSent(page)
  await codeField(page).fill(await codeFor(address))
}

async function subOf(page: Page): Promise<string | undefined> {
  const claims = await page.locator('#id-claims').textContent()
  return /sub\s*([0-9a-f-]{36})/.exec(claims ?? '')?.[1]
}

function accessClaims(page: Page): Promise<string | null> {
  return page.locator('#access-claims').textContent()
}

async function pay(page: Page, amount: string): Promise<void> {
  await page.getByLabel('Amount in euros').fill(amount)
  await page.getByRole('button', { name: 'Pay', exact: true }).click()
}

t.test('changes the name, which the page then greets by', async (t) => {
  const page = await demo.open(t)
  await signIn(page, 'ada@example.com')
  await page.getByRole('button', { name: 'Change name' }).click()
  const field = page.getByLabel('Name', { exact: true })
  await field.fill('Ada Lovelace')
  await shots(page, 'rename')
  await field.fill(' ')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Enter a name of at most 100 characters.').waitFor()
  await field.fill('Ada Lovelace')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Your name has been saved.').waitFor()
  await page.getByText('Signed in as Ada Lovelace.').waitFor()
  await signOut(page)
  await signIn(page, 'ada@example.com')
  await page.getByText('Signed in as Ada Lovelace.').waitFor()
})

t.test('keeps the last way to sign in', async (t) => {
  const page = await demo.open(t)
  await signIn(page, 'grace@example.com')
  await page.getByRole('button', { name: /^Remove Email/ }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Remove', exact: true }).click()
  await dialog.getByText('This is your last way to sign in.').waitFor()
  await shots(page, 'last-authenticator')
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'hidden' })
  t.equal(await page.locator('#authenticator-list > li').count(), 1)
  const focused = await page.evaluate<string>('document.activeElement.textContent')
  t.equal(focused, 'Remove', 'and the focus is where it was')
})

t.test('has a change to the ways to sign in confirmed when the sign-in was long ago', async (t) => {
  const page = await demo.open(t)
  await signInMinutesAgo(page, 'hedy@example.com', 20)
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  const enrolment = page.locator('#enrolment')
  await enrolment.getByRole('button', { name: 'Authenticator app' }).click()
  await page.getByRole('heading', { name: 'Confirm that it is you' }).waitFor()
  await codeField(page).waitFor()
  await shots(page, 'step-up')
  await confirmByCode(page, 'hedy@example.com')
  await enrolment.getByText('Or enter this key by hand').waitFor()
  await enrolment.getByRole('button', { name: 'Cancel' }).click()

  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await enrolment.getByRole('button', { name: 'Authenticator app' }).click()
  await enrolment.getByText('Or enter this key by hand').waitFor()
  t.equal(await codeField(page).count(), 0, 'once is enough')
})

t.test('does nothing when the person will not confirm', async (t) => {
  const page = await demo.open(t)
  await signInMinutesAgo(page, 'joan@example.com', 20)
  await page.getByRole('button', { name: 'Delete account' }).click()
  await page.getByLabel('Confirmation').fill('DELETE')
  await page.getByRole('button', { name: 'Delete for good' }).click()
  await page.getByRole('heading', { name: 'Confirm that it is you' }).waitFor()
  await page.locator('#confirmation').getByRole('button', { name: 'Cancel' }).click()
  await page.locator('#deletion').getByText('That was cancelled').waitFor()
  await page.locator('#deletion').getByRole('button', { name: 'Cancel' }).click()
  await signOut(page)
})

t.test('deletes the account, which is then a new one', async (t) => {
  const page = await demo.open(t)
  await signIn(page, 'mary@example.com')
  const before = await subOf(page)
  await page.getByRole('button', { name: 'Delete account' }).click()
  await page.getByRole('button', { name: 'Delete for good' }).click()
  await page.getByText('Type DELETE to confirm.', { exact: true }).waitFor()
  await shots(page, 'delete')
  await page.getByLabel('Confirmation').fill('delete')
  await page.getByRole('button', { name: 'Delete for good' }).click()
  await page.getByText('Your account has been deleted.').waitFor()
  await shots(page, 'deleted')
  await signIn(page, 'mary@example.com')
  t.not(await subOf(page), before)
})

t.test('pays small amounts at once, and larger ones once they are confirmed', async (t) => {
  const page = await demo.open(t)
  await signIn(page, 'katherine@example.com')
  await pay(page, 'a lot')
  await page.getByText('Enter an amount from €0.01 to €10,000.00.').waitFor()
  await pay(page, '20')
  await page.getByText('Paid €20.00.').waitFor()

  await pay(page, '250')
  await page.getByRole('heading', { name: 'Confirm €250.00' }).waitFor()
  await codeField(page).waitFor()
  await page.getByText('We sent a code to k***@example.com.').waitFor()
  await shots(page, 'payment-confirm')
  await confirmByCode(page, 'katherine@example.com')
  await page.getByText('Paid €250.00, confirmed with Email.').waitFor()
  await shots(page, 'payment-done')

  await pay(page, '300')
  await codeField(page).waitFor()
  await page.keyboard.press('Escape')
  await page.getByText('Nothing was paid.').waitFor()
  t.equal(await page.locator('#payment-list > li').count(), 2)
})

t.test('confirms a payment on Authsignal’s page, as a dialog and in a window', async (t) => {
  const page = await demo.open(t)
  const address = 'emmy@example.com'
  await signIn(page, address)
  await pay(page, '250')
  await page.getByRole('button', { name: 'Try another way' }).click()
  await shots(page, 'payment-choose')
  await page.getByRole('button', { name: 'Dialog', exact: true }).click()
  const popup = page.frameLocator('#__authsignal-popup-iframe')
  await closing(popup.getByRole('button', { name: 'Cancel' }).click())
  await page.getByText('You left Authsignal’s page before you were done.').waitFor()
  const { length: sent } = await messagesTo(address)
  const [opened] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('button', { name: 'Window', exact: true }).click(),
  ])
  const code = await codeAfter(sent, address)
  await closing(opened.getByLabel('Six-digit code').fill(code))
  await page.getByText('Paid €250.00, confirmed with Email.').waitFor()
})

t.test('says so when a rule blocks a payment', async (t) => {
  const page = await demo.open(t)
  await signIn(page, 'rosalind@example.com')
  await addRule({ action: 'authorizePayment', email: 'rosalind@example.com', outcome: 'BLOCK' })
  await pay(page, '250')
  await page.locator('#payment-error').getByText('was blocked').waitFor()
})

t.test('is signed in in every tab, and signed out in every tab', async (t) => {
  const first = await demo.open(t)
  const second = await first.context().newPage()
  await second.goto('http://localhost:3080')
  await signIn(first, 'dorothy@example.com')
  await welcomed(second)
  const third = await first.context().newPage()
  await third.goto('http://localhost:3080')
  await welcomed(third)
  await signOut(third)
  for (const page of [first, second]) await page.getByText('You are signed out.').waitFor()
  const anybody = await demo.open(t)
  t.equal(await anybody.getByRole('heading', { name: 'Welcome' }).isVisible(), false)
})

t.test('renews the session of all tabs with one call', async (t) => {
  const first = await demo.open(t)
  await first.clock.install()
  await signIn(first, 'lise@example.com')
  const second = await first.context().newPage()
  await second.goto('http://localhost:3080')
  await welcomed(second)
  let calls = 0
  for (const page of [first, second]) {
    page.on('request', (request) => {
      if (request.url().endsWith('/refresh') && request.method() === 'POST') calls += 1
    })
  }
  const old = await accessClaims(first)
  // All pages of a context have one clock, which goes on by itself.
  await first.clock.fastForward('59:30')
  for (const page of [first, second]) {
    while ((await accessClaims(page)) === old) await page.waitForTimeout(50)
  }
  // By then the lock has been given back, and whoever waited for it has had it.
  await first.waitForTimeout(1_000)
  t.equal(await accessClaims(first), await accessClaims(second))
  t.equal(calls, 1)
})

t.test('signs out everywhere, also on another device', async (t) => {
  const here = await demo.open(t)
  const there = await demo.open(t)
  await signIn(here, 'nyx@example.com')
  await signIn(there, 'nyx@example.com')
  await here.getByRole('button', { name: 'Sign out everywhere' }).click()
  await here.getByText('You are signed out on every device.').waitFor()
  await there.getByRole('button', { name: 'Renew now' }).click()
  await there.getByText('Your session has ended. Please sign in again.').waitFor()
})

t.test('shows what the tokens say', async (t) => {
  const page = await demo.open(t)
  await signIn(page, 'chien@example.com')
  await page.getByText('Tokens', { exact: true }).click()
  await page.locator('#access-claims').getByText('token_use').waitFor()
  await shots(page, 'tokens')
})

t.test('no script failed and no policy was broken on any of these pages', async (t) => {
  t.strictSame(demo.complaints, [])
})
