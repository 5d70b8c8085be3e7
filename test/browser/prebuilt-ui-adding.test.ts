import { TOTP } from 'otpauth'
import t from 'tap'
import { enrolEmail, MINUTE, wrong } from '../local/authsignal/support.ts'
import {
  codeTo,
  EMAIL,
  field,
  heading,
  PHONE,
  prebuiltUiVisits,
  press,
  returned,
  shot,
} from '../support/prebuilt-ui-visit.ts'
import { addVirtualAuthenticator, KEY, PLATFORM } from '../support/virtual-authenticator.ts'

/** The stand-in's pre-built UI: authenticators are added and listed. */
t.jobs = 1
const { visit, complaints } = await prebuiltUiVisits(t)

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

t.test('no script failed and no policy was broken on any of these pages', async (t) => {
  t.strictSame(complaints, [])
})
