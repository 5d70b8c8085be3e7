import t, { type Test } from 'tap'
import { startDemo } from '../../../../local/demo/server.ts'
import { startAccountStack, type SignedIn } from '../../../support/account.ts'
import { post } from '../../../support/stack.ts'

/** The demo's server with the real service behind it, and what an attacking browser might try. */

const ADA = 'ada@example.com'
const EVE = 'eve@example.com'

const as = ({ accessToken }: SignedIn) => ({ authorization: `Bearer ${accessToken}` })

async function shop(t: Test) {
  const stack = await startAccountStack(t)
  const assetsDir = t.testdir({ 'index.html': '', 'app.js': '', 'styles.css': '' })
  const demo = await startDemo({
    port: 0,
    assetsDir,
    apiUrl: stack.url,
    authsignalUrl: stack.authsignal.apiUrl,
    tenantId: 'local',
  })
  t.teardown(() => demo.close())
  return {
    stack,
    pay: (who: SignedIn, amount: number) => post(`${demo.url}/payments`, { amount }, as(who)),
    confirm: (who: SignedIn, paymentId: string, token: string) =>
      post(`${demo.url}/payments/${paymentId}/confirm`, { token }, as(who)),
    post: (path: string, body: object, headers?: Record<string, string>) =>
      post(`${demo.url}${path}`, body, headers),
  }
}

t.test('pays after a challenge, once', async (t) => {
  const { stack, pay, confirm } = await shop(t)
  const ada = await stack.signInAs(ADA)
  t.equal((await pay(ada, 20)).status, 200)
  const { status, body } = await pay(ada, 250)
  t.equal(status, 401)
  t.match(body, { code: 'step_up_required', paymentId: String, token: String, url: /^http/ })
  const proof = await stack.user.pass(body.token, ADA)
  const paid = await confirm(ada, body.paymentId, proof)
  t.match(paid, { status: 200, body: { amount: 250, verificationMethod: 'EMAIL_OTP' } })
  t.equal((await confirm(ada, body.paymentId, proof)).status, 409)
})

t.test('the amount goes to Authsignal, whose rules may block it', async (t) => {
  const { stack, pay } = await shop(t)
  const ada = await stack.signInAs(ADA)
  stack.authsignal.rules.add({
    action: 'authorizePayment',
    custom: { amount: 9000 },
    outcome: 'BLOCK',
  })
  t.match(await pay(ada, 9000), { status: 403, body: { code: 'sign_in_blocked' } })
  t.match(await pay(ada, 250), { status: 401, body: { code: 'step_up_required' } })
})

t.test('nothing is paid for a challenge that was skipped', async (t) => {
  const { stack, pay, confirm } = await shop(t)
  const ada = await stack.signInAs(ADA)
  const { body } = await pay(ada, 250)
  t.match(await confirm(ada, body.paymentId, body.token), {
    status: 401,
    body: { code: 'challenge_failed' },
  })
  t.match(await confirm(ada, body.paymentId, 'made.up.token'), { status: 401 })
})

t.test('a small payment’s proof does not pay a large one', async (t) => {
  const { stack, pay, confirm } = await shop(t)
  const ada = await stack.signInAs(ADA)
  const [small, large] = [await pay(ada, 51), await pay(ada, 9999)]
  const proof = await stack.user.pass(small.body.token, ADA)
  t.match(await confirm(ada, large.body.paymentId, proof), {
    status: 401,
    body: { code: 'challenge_failed' },
  })
})

t.test('a proof of the sign-in, or of another action, pays nothing', async (t) => {
  const { stack, pay, confirm } = await shop(t)
  const ada = await stack.signInAs(ADA)
  const { body } = await pay(ada, 250)
  const started = await stack.start({ email: ADA })
  const signInProof = await stack.user.pass(started.body.token, ADA)
  t.equal((await confirm(ada, body.paymentId, signInProof)).status, 401)
  const other = await ada.call('POST', '/start-step-up', { action: 'manageAuthenticators' })
  const otherProof = await stack.user.pass(other.body.token, ADA)
  t.equal((await confirm(ada, body.paymentId, otherProof)).status, 401)
})

t.test('neither another person’s proof nor their payment is of any use', async (t) => {
  const { stack, pay, confirm } = await shop(t)
  const ada = await stack.signInAs(ADA)
  const eve = await stack.signInAs(EVE)
  const adas = (await pay(ada, 250)).body
  const eves = (await pay(eve, 250)).body
  const evesProof = await stack.user.pass(eves.token, EVE)
  t.equal((await confirm(eve, adas.paymentId, evesProof)).status, 404, 'Ada’s payment')
  t.equal((await confirm(ada, adas.paymentId, evesProof)).status, 401, 'with Eve’s proof')
  const adasProof = await stack.user.pass(adas.token, ADA)
  t.equal((await confirm(eve, eves.paymentId, adasProof)).status, 401, 'Eve’s with Ada’s')
})

t.test('a proof of another sign-in of the same person pays nothing', async (t) => {
  const { stack, pay, confirm } = await shop(t)
  const phone = await stack.signInAs(ADA)
  const laptop = await stack.signInAs(ADA)
  const { body } = await pay(laptop, 250)
  const proof = await stack.user.pass(body.token, ADA)
  t.equal((await confirm(phone, body.paymentId, proof)).status, 401)
})

t.test('whoever is not signed in any more pays nothing', async (t) => {
  const { stack, pay, post } = await shop(t)
  const ada = await stack.signInAs(ADA)
  await stack.post('/sign-out-everywhere', undefined, as(ada))
  t.match(await pay(ada, 20), { status: 401, body: { code: 'invalid_token' } })
  t.match(await post('/payments', { amount: 20 }), { status: 401 })
  t.match(await post('/payments', { amount: 20 }, { authorization: 'Bearer x' }), { status: 401 })
})

t.test('says so when the service cannot be reached', async (t) => {
  const assetsDir = t.testdir({ 'index.html': '', 'app.js': '', 'styles.css': '' })
  const nowhere = 'http://localhost:9'
  const demo = await startDemo({
    port: 0,
    assetsDir,
    apiUrl: nowhere,
    authsignalUrl: `${nowhere}/v1`,
    tenantId: 'local',
  })
  t.teardown(() => demo.close())
  const answer = await post(`${demo.url}/payments`, { amount: 20 }, { authorization: 'Bearer x' })
  t.match(answer, { status: 503, body: { code: 'upstream_unavailable' } })
})
