import t from 'tap'
import { buildTestApp, ROUTES, STARTED, TOKENS } from '../support/build-app.ts'
import { expectProblem } from '../support/expect-problem.ts'

const email = 'ada@example.com'

t.test('a start answers what the use case gave, and nothing of it is kept by caches', async (t) => {
  const { app } = await buildTestApp(t)
  const response = await app.inject({ method: 'POST', url: '/start-sign-in', payload: { email } })
  t.equal(response.statusCode, 200)
  t.strictSame(response.json(), STARTED)
  t.equal(response.headers['content-type'], 'application/json; charset=utf-8')
  t.equal(response.headers['cache-control'], 'no-store')
  t.match(response.headers['x-request-id'], /^[0-9a-f-]{36}$/)
})

t.test('a start may lack the token or the URL', async (t) => {
  const { token: _token, ...withUrl } = STARTED
  const { app } = await buildTestApp(t, { startSignIn: () => Promise.resolve(withUrl) })
  const response = await app.inject({ method: 'POST', url: '/start-sign-in', payload: { email } })
  t.strictSame(response.json(), withUrl)
})

t.test('a finish answers the tokens as Bearer tokens', async (t) => {
  const { app } = await buildTestApp(t)
  const payload = { session: 's1.sealed', token: 'a.b.c' }
  const response = await app.inject({ method: 'POST', url: '/finish-sign-in', payload })
  t.equal(response.statusCode, 200)
  t.strictSame(response.json(), { ...TOKENS, tokenType: 'Bearer' })
  t.equal(response.headers['cache-control'], 'no-store')
})

t.test('the use case gets the body, the address and the user agent', async (t) => {
  const { app, calls } = await buildTestApp(t)
  const payload = {
    email,
    redirectUrl: 'https://app.example.com/callback',
    locale: 'en-NZ',
    deviceId: '0f8fad5b-d9cb-469f-a165-70867728950e',
  }
  await app.inject({
    method: 'POST',
    url: '/start-sign-in?x=1',
    payload,
    headers: { 'user-agent': 'a browser' },
    remoteAddress: '203.0.113.7',
  })
  t.strictSame(calls, [
    ['startSignIn', { ...payload, ipAddress: '203.0.113.7', userAgent: 'a browser' }],
  ])
})

t.test('a finish gets the address and the user agent too', async (t) => {
  const { app, calls } = await buildTestApp(t)
  const payload = { session: 's1.sealed', token: 'a.b.c' }
  await app.inject({
    method: 'POST',
    url: '/finish-sign-in',
    payload,
    headers: { 'user-agent': 'a browser' },
    remoteAddress: '203.0.113.7',
  })
  t.strictSame(calls, [
    ['finishSignIn', { ...payload, ipAddress: '203.0.113.7', userAgent: 'a browser' }],
  ])
})

t.test('a client that says too much or nothing of itself is no problem', async (t) => {
  const { app, calls } = await buildTestApp(t)
  for (const { path, body } of ROUTES) {
    for (const agent of ['x'.repeat(513), undefined]) {
      // Undefined is what removes the one that inject sends.
      const headers = { 'user-agent': agent }
      await app.inject({ method: 'POST', url: path, payload: body, headers })
    }
  }
  const agents = calls.map(([, input]) => (input as { userAgent?: string }).userAgent)
  t.strictSame(agents, ['x'.repeat(512), undefined, 'x'.repeat(512), undefined])
  t.strictSame(
    calls.map(([, input]) => 'userAgent' in (input as object)),
    [true, false, true, false],
  )
})

t.test('a client cannot say in the body where it connects from', async (t) => {
  const { app, calls } = await buildTestApp(t)
  for (const { path, body } of ROUTES) {
    for (const claim of [{ ipAddress: '203.0.113.9' }, { userAgent: 'x' }, { typed: 'x' }]) {
      const payload = { ...body, ...claim }
      const response = await app.inject({ method: 'POST', url: path, payload })
      t.equal(response.statusCode, 400)
    }
  }
  t.strictSame(calls, [])
})

t.test('an address that a client claims is believed to trusted proxies only', async (t) => {
  for (const [trustProxy, ipAddress] of [
    [undefined, '10.1.2.3'],
    [[], '10.1.2.3'],
    [['192.168.0.0/16'], '10.1.2.3'],
    [['10.0.0.0/8'], '203.0.113.7'],
  ] as const) {
    const { app, calls } = await buildTestApp(t, trustProxy ? { trustProxy } : {})
    await app.inject({
      method: 'POST',
      url: '/start-sign-in',
      payload: { email },
      headers: { 'x-forwarded-for': '198.51.100.1, 203.0.113.7' },
      remoteAddress: '10.1.2.3',
    })
    t.match(calls[0]?.[1], { ipAddress })
  }
})

t.test('a request id of the client is not taken over', async (t) => {
  const { app } = await buildTestApp(t)
  for (const { path, body } of ROUTES) {
    const headers = { 'x-request-id': 'mine', 'request-id': 'mine' }
    const response = await app.inject({ method: 'POST', url: path, payload: body, headers })
    t.not(response.headers['x-request-id'], 'mine')
  }
})

t.test('a field that is not documented never leaves', async (t) => {
  const { app } = await buildTestApp(t, {
    startSignIn: () => Promise.resolve({ ...STARTED, username: 'sub-1', cognitoSession: 'AYABe' }),
    finishSignIn: () => Promise.resolve({ ...TOKENS, username: 'sub-1' }),
  })
  for (const { path, body } of ROUTES) {
    const response = await app.inject({ method: 'POST', url: path, payload: body })
    t.equal(response.statusCode, 200)
    t.notMatch(response.body, /sub-1|AYABe/)
  }
})

t.test('an answer that lacks what is documented is a bug and says no more', async (t) => {
  const { app } = await buildTestApp(t, {
    startSignIn: () => Promise.resolve({ token: 'a.b.c' } as typeof STARTED),
    finishSignIn: () => Promise.resolve({ accessToken: 'at' } as typeof TOKENS),
  })
  for (const { path, body } of ROUTES) {
    const response = await app.inject({ method: 'POST', url: path, payload: body })
    expectProblem(t, response, 'internal_error')
  }
})

t.test('JSON is JSON however its content type is written', async (t) => {
  const { app } = await buildTestApp(t)
  for (const type of ['application/json', 'Application/JSON', 'application/json; charset=utf-8']) {
    const response = await app.inject({
      method: 'POST',
      url: '/start-sign-in',
      payload: JSON.stringify({ email }),
      headers: { 'content-type': type },
    })
    t.equal(response.statusCode, 200, type)
  }
})
