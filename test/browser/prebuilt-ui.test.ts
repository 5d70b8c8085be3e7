import t from 'tap'
import { enrolEmail, wrong } from '../local/authsignal/support.ts'
import {
  codeTo,
  EMAIL,
  enrolPhone,
  field,
  heading,
  PHONE,
  prebuiltUiVisits,
  press,
  returned,
  shot,
} from '../support/prebuilt-ui-visit.ts'

/** The stand-in's pre-built UI as users meet it: a challenge is passed. */
t.jobs = 1
const { visit, complaints } = await prebuiltUiVisits(t)

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

t.test('no script failed and no policy was broken on any of these pages', async (t) => {
  t.strictSame(complaints, [])
})
