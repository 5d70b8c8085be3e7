import t from 'tap'
import {
  askForAnother,
  askForCode,
  codeField,
  codeFor,
  codeSent,
  shots,
  signIn,
  signOut,
  startDemoBrowser,
  welcomed,
} from '../support/demo-page.ts'

/** The demo page as a newcomer meets it: a code, and what can go wrong on the way. */
const demo = await startDemoBrowser(t)

t.test('signs a new user in by email code, and the same user again', async (t) => {
  const page = await demo.open(t)
  await shots(page, 'sign-in')
  for (const time of ['new', 'returning']) {
    await askForCode(page, 'Ada@Example.com')
    t.match(await page.locator('#challenge-lead').textContent(), /ada@example.com/i, time)
    if (time === 'new') await shots(page, 'code')
    await codeField(page).fill(await codeFor('ada@example.com'))
    await welcomed(page)
    t.match(await page.locator('#signed-in-as').textContent(), 'ada@example.com')
    t.match(await page.locator('#id-claims').textContent(), /token_use/)
    if (time === 'new') await shots(page, 'signed-in')
    await signOut(page)
    t.equal(await page.locator('#id-claims').textContent(), '', 'nothing of the tokens is left')
    if (time === 'new') await shots(page, 'signed-out')
  }
})

t.test('says what is wrong with a wrong code, and takes the right one after it', async (t) => {
  const page = await demo.open(t)
  await askForCode(page, 'grace@example.com')
  const right = await codeFor('grace@example.com')
  await codeField(page).fill(right === '000000' ? '111111' : '000000')
  await page.getByText('That code is not right or has expired.').waitFor()
  await shots(page, 'wrong-code')
  await codeField(page).fill(right)
  await welcomed(page)
})

t.test('sends another code when asked', async (t) => {
  const page = await demo.open(t)
  await askForCode(page, 'mary@example.com')
  const first = await codeFor('mary@example.com')
  await page.getByRole('button', { name: 'Send a new code' }).click()
  await page.getByText('We sent a new code to mary@example.com.').waitFor()
  await shots(page, 'new-code')
  const second = await codeFor('mary@example.com')
  if (first !== second) {
    await codeField(page).fill(first)
    await page.getByText('That code is not right or has expired.').waitFor()
  }
  await codeField(page).fill(second)
  await welcomed(page)
})

t.test('signs in by text message', async (t) => {
  const page = await demo.open(t)
  await askForCode(page, '+64 21 123 4567')
  await codeField(page).fill(await codeFor('+64211234567'))
  await welcomed(page)
  t.match(await page.locator('#authenticator-list').textContent(), /Text message/)
})

t.test('signs in by WhatsApp', async (t) => {
  const page = await demo.open(t)
  await askForAnother(page, '+64 21 765 4321')
  await shots(page, 'choose')
  await page.getByRole('button', { name: 'Code by WhatsApp' }).click()
  await page.getByRole('heading', { name: 'Check WhatsApp' }).waitFor()
  await page.getByText('We sent a code to +64217654321 on WhatsApp.').waitFor()
  await codeSent(page)
  await codeField(page).fill(await codeFor('+64217654321'))
  await welcomed(page)
})

t.test('can be used with the keyboard alone', async (t) => {
  const page = await demo.open(t)
  const focused = () => page.evaluate<string>('document.activeElement.id')
  const tabTo = async (id: string) => {
    for (let tabs = 0; tabs < 20 && (await focused()) !== id; tabs += 1) {
      await page.keyboard.press('Tab')
    }
    t.equal(await focused(), id)
  }
  await tabTo('identifier')
  await page.keyboard.type('hedy@example.com')
  await page.keyboard.press('Enter')
  await codeField(page).waitFor()
  t.equal(await focused(), 'code', 'focus is on the code field')
  await tabTo('another')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Choose another way' }).waitFor()
  t.equal(await focused(), 'challenge-title', 'focus is on what is new')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await codeField(page).waitFor()
  t.equal(await focused(), 'code')
  await codeSent(page)
  await page.keyboard.type(await codeFor('hedy@example.com'))
  await welcomed(page)
  t.equal(await focused(), 'account-heading')
})

t.test('refuses what is no address before it calls anybody', async (t) => {
  const page = await demo.open(t)
  const field = page.getByLabel('Email or phone number')
  await field.fill('nonsense')
  await page.getByRole('button', { name: 'Continue', exact: true }).click()
  await page.getByText('Enter an email address like name@example.com').waitFor()
  t.equal(await field.getAttribute('aria-invalid'), 'true')
  await shots(page, 'not-an-address')
})

t.test('says so when there is no connection, and goes on when there is', async (t) => {
  const page = await demo.open(t)
  await page.getByLabel('Email or phone number').fill('joan@example.com')
  await page.context().setOffline(true)
  await page.getByRole('button', { name: 'Continue', exact: true }).click()
  await page.locator('#identify-error').getByText('No connection.').waitFor()
  await page.context().setOffline(false)
  await page.getByRole('button', { name: 'Continue', exact: true }).click()
  await codeField(page).waitFor()
  t.equal(await page.getByText('No connection.').locator('visible=true').count(), 0)
})

t.test('says so when the session has expired', async (t) => {
  const page = await demo.open(t)
  await page.clock.install()
  await askForCode(page, 'dorothy@example.com')
  await page.clock.fastForward('04:00')
  await page.getByText('That took too long. Please start again.').waitFor()
  const field = page.getByLabel('Email or phone number')
  t.equal(await field.inputValue(), 'dorothy@example.com')
})

t.test('signs in with Google and Apple, as far as the local stack has them', async (t) => {
  for (const provider of ['Google', 'Apple']) {
    const page = await demo.open(t)
    await page.getByRole('button', { name: `Continue with ${provider} (local)` }).click()
    await page.getByText('Type the email address first').waitFor()
    await page.getByLabel('Email or phone number').fill(`ada.${provider}@gmail.com`)
    await page.getByRole('button', { name: `Continue with ${provider} (local)` }).click()
    await page.getByRole('heading', { name: 'Welcome' }).waitFor()
    await page.getByText(new RegExp(`Signed in as ada.${provider}@gmail.com`, 'i')).waitFor()
  }
})

t.test('signs nobody in with a provider while their account is not proven', async (t) => {
  const address = 'unproven@gmail.com'
  // Somebody has typed the address, and never shown that it is theirs.
  await askForCode(await demo.open(t), address)
  const page = await demo.open(t)
  await page.getByLabel('Email or phone number').fill(address)
  await page.getByRole('button', { name: 'Continue with Google (local)' }).click()
  await page
    .locator('#identify-error')
    .getByText(/We could not accept that sign-in/)
    .waitFor()
  await signIn(page, address)
})

t.test('calls its services and nobody else, and keeps no token', async (t) => {
  const page = await demo.open(t)
  const origins = new Set<string>()
  page.on('request', (request) => origins.add(new URL(request.url()).origin))
  await signIn(page, 'katherine@example.com')
  t.strictSame([...origins].toSorted(), ['http://localhost:3000', 'http://localhost:9230'])
  const kept = await page.evaluate<string>(
    'JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])',
  )
  t.notMatch(kept, 'eyJ')
  await page.reload()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
})

t.test('speaks German to those who do, and English when they ask for it', async (t) => {
  const page = await demo.open(t, { locale: 'de-AT' })
  t.equal(await page.evaluate('document.documentElement.lang'), 'de')
  await shots(page, 'german-sign-in')
  await page.getByLabel('E-Mail oder Telefonnummer').fill('nonsens')
  await page.getByRole('button', { name: 'Weiter', exact: true }).click()
  await page.getByText('Gib eine E-Mail-Adresse wie').waitFor()
  await page.getByLabel('E-Mail oder Telefonnummer').fill('lise@example.com')
  const [request] = await Promise.all([
    page.waitForRequest(/start-sign-in/),
    page.getByRole('button', { name: 'Weiter', exact: true }).click(),
  ])
  const [, deviceId] =
    /__as_aid=([\w-]+)/.exec(await page.evaluate<string>('document.cookie')) ?? []
  t.match(request.postDataJSON(), {
    locale: 'de',
    redirectUrl: 'http://localhost:3080/callback',
    deviceId,
  })
  await page.getByRole('heading', { name: 'Prüfe deine E-Mails' }).waitFor()
  await shots(page, 'german-code')
  await page.getByRole('button', { name: 'Anderer Weg' }).click()
  await shots(page, 'german-choose')
  await page.getByRole('button', { name: 'English' }).click()
  await page.getByRole('heading', { name: 'Choose another way' }).waitFor()
  await page.getByRole('button', { name: 'Deutsch' }).click()
  await page.getByRole('button', { name: 'Code per E-Mail' }).click()
  await page.getByText('Läuft ab in').waitFor()
  await codeSent(page)
  await codeField(page).fill(await codeFor('lise@example.com'))
  await page.getByRole('heading', { name: 'Willkommen' }).waitFor()
  await page.locator('#authenticator-list > li').first().waitFor()
  await shots(page, 'german-signed-in')
})

t.test('waits for its settings, and says so', async (t) => {
  const page = await demo.open(t)
  await page.route('**/config.json', (route) => route.abort())
  await page.reload()
  await page.locator('#unreachable').getByText('No connection.').waitFor()
  t.equal(await page.getByLabel('Email or phone number').isVisible(), false)
  await page.unroute('**/config.json')
  await signIn(page, 'vera@example.com')
})

t.test('says so where there is no JavaScript', async (t) => {
  const page = await demo.open(t, { javaScriptEnabled: false })
  await page.locator('noscript .notice').waitFor()
  t.equal(await page.getByRole('button').count(), 0, 'and shows nothing that could not work')
})

t.test('looks as good in the dark', async (t) => {
  const page = await demo.open(t, { colorScheme: 'dark' })
  await shots(page, 'dark-sign-in')
  await askForAnother(page, 'nyx@example.com')
  await shots(page, 'dark-choose')
  await page.getByRole('button', { name: 'Code by email' }).click()
  await codeSent(page)
  await codeField(page).fill(await codeFor('nyx@example.com'))
  await welcomed(page)
  await shots(page, 'dark-signed-in')
})

t.test('no script failed and no policy was broken on any of these pages', async (t) => {
  t.strictSame(demo.complaints, [])
})
