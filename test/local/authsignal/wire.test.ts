import t from 'tap'
import { basicUsername } from '../../../local/authsignal/basic-auth.ts'
import {
  answerOf,
  enrolEmail,
  isError,
  SECRET,
  startForTest,
  TENANT_ID,
  sdkError,
} from './support.ts'

const basic = (text: string, encoding: 'base64' | 'base64url' = 'base64') =>
  `Basic ${Buffer.from(text).toString(encoding)}`

t.test('the Basic headers of all SDKs name the same tenant', (t) => {
  for (const header of [
    basic(TENANT_ID),
    basic(`${TENANT_ID}:`),
    basic(`${TENANT_ID}:`, 'base64url'),
    basic(`${TENANT_ID}:ignored`).replace('Basic', 'basic'),
  ]) {
    t.equal(basicUsername(header), TENANT_ID)
  }
  for (const header of [undefined, '', 'Basic', basic(':'), `Bearer ${TENANT_ID}`]) {
    t.equal(basicUsername(header), undefined)
  }
  t.end()
})

t.test('whatever goes wrong, the body is the one the SDKs read', async (t) => {
  const { local, server } = await startForTest(t)
  const { token } = await server.track({ userId: 'u1', action: 'signIn' })
  const call = async (path: string, init: RequestInit = {}) =>
    answerOf(await fetch(local.origin + path, init))
  const post = { method: 'POST', headers: { authorization: basic(`${SECRET}:`) } }

  isError(t, await call('/nowhere'), [404, 'not_found'])
  isError(t, await call('/v1/nowhere?token=secret'), [404, 'not_found'])
  isError(t, await call('/v1/client/challenge/smoke', { method: 'POST' }), [404, 'not_found'])
  isError(t, await call('/v1/users/%ZZ'), [400, 'invalid_request'])
  isError(t, await call(`/v1/users/${'a'.repeat(600)}`), [414, 'invalid_request'])
  isError(t, await call('/v1/users/u1'), [401, 'unauthorized'])
  isError(t, await call('/v1/validate', { method: 'POST' }), [401, 'unauthorized'])
  isError(t, await call('/v1/validate', post), [400, 'invalid_request'])
  isError(t, await call('/v1/validate', { ...post, body: '{"token":' }), [400, 'invalid_request'])
  const large = { ...post, body: 'x'.repeat(2 ** 21) }
  isError(t, await call('/v1/validate', large), [413, 'invalid_request'])

  for (const authorization of ['', 'Bearer', 'Bearer x.y.z', basic(TENANT_ID), `Basic ${token}`]) {
    const init = { method: 'POST', headers: { authorization } }
    isError(t, await call('/v1/client/challenge/sms', init), [401, 'unauthorized'])
  }
})

t.test('a crash inside is a 500 with a body, too', async (t) => {
  const { local, server } = await startForTest(t)
  await server.track({ userId: 'u1', action: 'signIn' })
  Object.defineProperty(local.users.get('u1'), 'authenticators', {
    get: () => {
      throw new Error('broken')
    },
  })
  await t.rejects(server.getUser({ userId: 'u1' }), sdkError(500, 'internal_error'))
})

t.test('pages of any origin may call the client API, and only that', async (t) => {
  const { local } = await startForTest(t)
  const preflight = (path: string) =>
    fetch(local.apiUrl + path, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://app.example.com',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    })
  const { status, headers } = await preflight('/client/challenge/email-otp')
  t.equal(status, 204)
  t.equal(headers.get('access-control-allow-origin'), 'https://app.example.com')
  t.equal(headers.get('access-control-allow-credentials'), 'true')
  t.match(headers.get('access-control-allow-headers'), /authorization.*content-type/)
  t.match(headers.get('access-control-allow-methods'), /POST/)
  t.equal((await preflight('/validate')).headers.get('access-control-allow-origin'), null)
  t.strictSame(local.calls, [])

  const origin = 'https://app.example.com'
  for (const path of ['/client/challenge/email-otp', '/client/nowhere']) {
    const refused = await fetch(local.apiUrl + path, { method: 'POST', headers: { origin } })
    t.equal(refused.headers.get('access-control-allow-origin'), origin, 'errors are readable')
  }
})

t.test('faults name an operation by method and path template', async (t) => {
  const { local, server, client } = await startForTest(t)
  await enrolEmail(local, 'u1', 'jane@example.com')
  local.calls.length = 0
  local.faults.add({
    operation: 'POST /users/:userId/actions/:action',
    fault: { kind: 'answer', status: 503, body: '<html>', contentType: 'text/html', when: 'after' },
    times: 1,
  })
  await t.rejects(server.track({ userId: 'u1', action: 'signIn' }), sdkError(503))
  t.equal((await server.queryUserActions({ userId: 'u1' })).length, 1, 'done, though unanswered')

  const { token } = await server.track({ userId: 'u1', action: 'signIn' })
  local.faults.add({ operation: 'POST /client/challenge/email-otp', fault: { kind: 'reset' } })
  await t.rejects(client(token, '/challenge/email-otp'))
  local.faults.add({ operation: 'POST /validate', fault: { kind: 'truncate' } })
  await t.rejects(server.validateChallenge({ token }), sdkError(500, 'unexpected_error'))
  t.strictSame(
    local.calls.map((call) => call.operation),
    [
      'POST /users/:userId/actions/:action',
      'GET /users/:userId/actions',
      'POST /users/:userId/actions/:action',
      'POST /client/challenge/email-otp',
      'POST /validate',
    ],
  )
})

t.test('messages and rules have side doors', async (t) => {
  const { local, server, client } = await startForTest(t)
  const door = async (path: string, method = 'GET', body?: object) => {
    const init = body ? { method, body: JSON.stringify(body) } : { method }
    return (await fetch(`${local.origin}/local${path}`, init)).json()
  }
  for (const email of ['Jane@example.com', 'joe@example.com', 'jane@example.com']) {
    const attributes = { email }
    const { token } = await server.track({ userId: email, action: 'signIn', attributes })
    await client(token, '/challenge/email-otp')
    local.clock.advance(1000)
  }
  t.strictSame(await door('/messages'), local.messages())
  const janes = await door('/messages?to=JANE@example.com')
  t.match(janes, [
    { to: 'jane@example.com', channel: 'email', code: /^\d{6}$/, sentAt: /Z$/ },
    { to: 'Jane@example.com' },
  ])
  await door('/messages', 'DELETE')
  t.strictSame(await door('/messages'), [])

  const state = async () => (await server.track({ userId: 'u1', action: 'signIn' })).state
  t.match(await door('/rules', 'POST', { userId: 'u1', outcome: 'BLOCK' }), { ruleId: String })
  t.equal(await state(), 'BLOCK')
  await door('/rules', 'DELETE')
  t.equal(await state(), 'ALLOW')
  t.match(await door('/rules', 'POST', { userid: 'u1', outcome: 'BLOCK' }), {
    error: 'invalid_request',
  })
})
