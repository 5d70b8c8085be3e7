import t from 'tap'
import { enrolEmail, MINUTE } from '../local/authsignal/support.ts'
import {
  codeTo,
  EMAIL,
  field,
  heading,
  prebuiltUiVisits,
  press,
  returned,
  shot,
} from '../support/prebuilt-ui-visit.ts'

/** The stand-in's pre-built UI: nothing was confirmed, and how it leads on from there. */
t.jobs = 1
const { visit, complaints } = await prebuiltUiVisits(t)

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

t.test('a mobile app is left for through its scheme', async (t) => {
  const test = await visit(t, { size: 'phone' })
  const { local, page } = test
  await enrolEmail(local, 'u1', EMAIL)
  const { token } = await test.open({}, '&nativeScheme=authsignal')
  await press(page, 'Cancel')
  const link = page.getByRole('link', { name: 'Open the app' })
  t.equal(await link.getAttribute('href'), `authsignal://auth?token=${token}`)
})

t.test('no script failed and no policy was broken on any of these pages', async (t) => {
  t.strictSame(complaints, [])
})
