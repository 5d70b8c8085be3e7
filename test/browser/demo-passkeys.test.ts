import type { CDPSession, Page } from 'playwright-core'
import t, { type Test } from 'tap'
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
import { addVirtualAuthenticator, PLATFORM } from '../support/virtual-authenticator.ts'

/** Passkeys on the demo page, with a virtual device in place of the fingerprint. */
const demo = await startDemoBrowser(t)

interface Device {
  page: Page
  cdp: CDPSession
  authenticatorId: string
}

/**
 * A page on a device that says yes to whatever it is asked.
 * @param suggests whether the browser suggests passkeys in the field; the device picks at once then
 */
async function openWithDevice(t: Test, { suggests = false } = {}): Promise<Device> {
  const page = await demo.open(t)
  if (!suggests) await page.addInitScript(NO_SUGGESTIONS)
  await page.reload()
  return { page, ...(await addVirtualAuthenticator(page, PLATFORM)) }
}

const NO_SUGGESTIONS =
  'PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false)'

async function credentialsOn({ cdp, authenticatorId }: Device): Promise<number> {
  const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId })
  return credentials.length
}

async function createPasskey({ page }: Device): Promise<void> {
  await page.getByRole('button', { name: 'Create a passkey' }).click()
  await page.getByText('Passkey has been added.').waitFor()
}

t.test('is offered after sign-in, created, and signs in without a word', async (t) => {
  const device = await openWithDevice(t)
  const { page } = device
  await signIn(page, 'ada@example.com')
  await shots(page, 'passkey-offer')
  await createPasskey(device)
  t.equal(await credentialsOn(device), 1)
  await page.locator('#passkey-prompt').waitFor({ state: 'hidden' })
  await shots(page, 'passkey-created')

  await signOut(page)
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await welcomed(page)
  t.match(await page.locator('#signed-in-as').textContent(), 'ada@example.com')
})

t.test('is picked from the suggestions of the field', async (t) => {
  const device = await openWithDevice(t, { suggests: true })
  const { page } = device
  await signIn(page, 'grace@example.com')
  await createPasskey(device)
  const field = page.getByLabel('Email or phone number')
  t.equal(await field.getAttribute('autocomplete'), 'username webauthn')
  const [request] = await Promise.all([
    page.waitForRequest(/\/passkey-sign-in$/),
    page.getByRole('button', { name: 'Sign out', exact: true }).click(),
  ])
  t.strictSame(Object.keys(request.postDataJSON() as object), ['token'])
  await welcomed(page)
  t.match(await page.locator('#signed-in-as').textContent(), 'grace@example.com')
})

t.test('is waited for without keeping anybody from another way', async (t) => {
  const device = await openWithDevice(t)
  const { page, cdp, authenticatorId } = device
  await signIn(page, 'lise@example.com')
  await createPasskey(device)
  await cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled: false })
  await signOut(page)
  await askForAnother(page, 'lise@example.com')
  await page.getByRole('button', { name: 'Passkey', exact: true }).click()
  await page.getByText('Waiting for your device…').waitFor()
  await shots(page, 'passkey-waiting')
  await page.getByRole('button', { name: 'Try another way' }).click()
  await page.getByRole('button', { name: 'Code by email' }).click()
  await codeSent(page)
  await codeField(page).fill(await codeFor('lise@example.com'))
  await welcomed(page)
})

t.test('signs in for the address that was typed, too', async (t) => {
  const device = await openWithDevice(t)
  const { page } = device
  await signIn(page, 'hedy@example.com')
  await createPasskey(device)
  await signOut(page)
  await askForAnother(page, 'hedy@example.com')
  await page.getByRole('button', { name: 'Passkey', exact: true }).click()
  await welcomed(page)
})

t.test('of one person does not sign in another', async (t) => {
  const device = await openWithDevice(t)
  const { page } = device
  await signIn(page, 'joan@example.com')
  await createPasskey(device)
  await signOut(page)
  await askForAnother(page, 'mary@example.com')
  await page.getByRole('button', { name: 'Passkey', exact: true }).click()
  await page.getByText('That passkey or key cannot be used here.').waitFor()
  await page.getByRole('button', { name: 'Try another way' }).click()
  await page.getByRole('button', { name: 'Code by email' }).click()
  await codeSent(page)
  await codeField(page).fill(await codeFor('mary@example.com'))
  await welcomed(page)
  t.match(await page.locator('#signed-in-as').textContent(), 'mary@example.com')
})

t.test('is refused once it has been removed', async (t) => {
  const device = await openWithDevice(t)
  const { page } = device
  await signIn(page, 'katherine@example.com')
  await createPasskey(device)
  await page.getByRole('button', { name: 'Remove Passkey' }).click()
  await shots(page, 'remove-passkey')
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Remove', exact: true }).click()
  await page.getByText('Passkey has been removed.').waitFor()
  await page.getByRole('button', { name: 'Remove Passkey' }).waitFor({ state: 'detached' })
  const focused = await page.evaluate<string>('document.activeElement.id')
  t.equal(focused, 'authenticators-heading', 'the button that had the focus has gone')
  t.equal(await credentialsOn(device), 1, 'the device still has it')

  await signOut(page)
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await page.getByText('That passkey or key cannot be used here.').waitFor()
  await shots(page, 'passkey-refused')
  await signIn(page, 'katherine@example.com')
})

t.test('that was removed is said to be of no use when it is picked in the field', async (t) => {
  const device = await openWithDevice(t, { suggests: true })
  const { page } = device
  await signIn(page, 'nyx@example.com')
  await createPasskey(device)
  await page.getByRole('button', { name: 'Remove Passkey' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click()
  await page.getByText('Passkey has been removed.').waitFor()
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await page.getByText('That passkey or key cannot be used here.').waitFor()
  await signIn(page, 'nyx@example.com')
})

t.test('can be refused by the person, who then takes a code', async (t) => {
  const device = await openWithDevice(t)
  const { page } = device
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  // The device has none.
  await page.getByText('That was cancelled, or took too long.').waitFor()
  await askForCode(page, 'emmy@example.com')
  await codeField(page).fill(await codeFor('emmy@example.com'))
  await welcomed(page)
})

t.test('is not created twice on one device', async (t) => {
  const device = await openWithDevice(t)
  const { page } = device
  await signIn(page, 'rosalind@example.com')
  await createPasskey(device)
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Passkey' }).click()
  await page.getByText('This device already has a passkey or key of this account.').waitFor()
  await shots(page, 'passkey-twice')
  t.equal(await credentialsOn(device), 1)
})

t.test('need not be created', async (t) => {
  const device = await openWithDevice(t)
  const { page } = device
  await signIn(page, 'dorothy@example.com')
  await page.getByRole('button', { name: 'Not now' }).click()
  t.equal(await page.locator('#passkey-prompt').isVisible(), false)
  t.equal(await credentialsOn(device), 0)
})

t.test('no script failed and no policy was broken on any of these pages', async (t) => {
  t.strictSame(demo.complaints, [])
})
