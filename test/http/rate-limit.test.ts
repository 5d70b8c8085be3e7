import t from 'tap'
import { limitsOf } from '../limits/support.ts'
import { buildTestApp, ROUTES } from '../support/build-app.ts'
import { expectProblem } from '../support/expect-problem.ts'

const [START, FINISH] = ROUTES
const rate = { count: 2, seconds: 60 }

function post({ path, body }: { path: string; body: object }, more: object = {}) {
  return { method: 'POST', url: path, payload: body, ...more } as const
}

const bearer = (authorization: string, url = '/me') => ({ url, headers: { authorization } })

t.test('every answer says what an address has left, the refused too', async (t) => {
  const { app, calls } = await buildTestApp(t, { limits: limitsOf({ ip: rate, start: rate }) })
  const policy = '"ip";q=2;w=60, "start";q=2;w=60'
  const first = await app.inject(post(START))
  t.equal(first.headers['ratelimit-policy'], policy)
  t.equal(first.headers['ratelimit'], '"ip";r=1;t=30, "start";r=1;t=30')
  const other = await app.inject(post(FINISH))
  t.equal(other.headers['ratelimit-policy'], policy)
  t.equal(other.headers['ratelimit'], '"ip";r=0;t=60')
  const refused = await app.inject(post(START))
  expectProblem(t, refused, 'too_many_requests', { more: { retryAfter: 30 } })
  t.equal(refused.headers['retry-after'], '30')
  t.equal(refused.headers['ratelimit'], '"ip";r=0;t=60, "start";r=1;t=30')
  t.equal(calls.length, 2)
})

t.test('requests that no route takes, or that are broken, count too', async (t) => {
  const { app } = await buildTestApp(t, { limits: limitsOf({ ip: rate }) })
  t.equal((await app.inject({ url: '/nothing' })).statusCode, 404)
  t.equal((await app.inject(post({ ...START, body: {} }))).statusCode, 400)
  expectProblem(t, await app.inject({ url: '/nothing' }), 'too_many_requests', {
    more: { retryAfter: 30 },
  })
})

t.test('preflights count too, allowed or not, and once', async (t) => {
  const corsOrigins = ['https://app.example.com']
  const { app } = await buildTestApp(t, { limits: limitsOf({ ip: rate }), corsOrigins })
  const preflight = (origin: string) =>
    app.inject({
      method: 'OPTIONS',
      url: START.path,
      headers: { origin, 'access-control-request-method': 'POST' },
    })
  t.equal((await preflight('https://app.example.com')).statusCode, 204)
  t.equal((await preflight('https://evil.example')).statusCode, 400)
  t.equal((await preflight('https://app.example.com')).statusCode, 429)
  // A page can read why it is refused.
  const refused = await app.inject(post(START, { headers: { origin: 'https://app.example.com' } }))
  t.equal(refused.statusCode, 429)
  t.equal(refused.headers['access-control-allow-origin'], 'https://app.example.com')
})

t.test('without limits about addresses there are no headers about them', async (t) => {
  const { app } = await buildTestApp(t, { limits: limitsOf({ identifier: rate, session: rate }) })
  for (const route of ROUTES) {
    const { headers } = await app.inject(post(route))
    t.notOk('ratelimit' in headers)
    t.notOk('ratelimit-policy' in headers)
  }
})

t.test('what is known of a person is told to nobody', async (t) => {
  const limits = limitsOf({ ip: { count: 9, seconds: 9 }, identifier: rate })
  const { app } = await buildTestApp(t, { limits })
  const [, , refused] = [
    await app.inject(post(START)),
    await app.inject(post(START)),
    await app.inject(post(START)),
  ]
  expectProblem(t, refused, 'too_many_requests', { more: { retryAfter: 30 } })
  t.equal(refused.headers['ratelimit'], '"ip";r=6;t=3')
  t.equal(refused.headers['ratelimit-policy'], '"ip";q=9;w=9')
})

t.test('sessions and tokens count wherever they are sent', async (t) => {
  const { app } = await buildTestApp(t, { limits: limitsOf({ session: rate }) })
  const groups = [
    [post(FINISH), post(FINISH), post({ ...FINISH, body: { ...FINISH.body, token: 'other' } })],
    [
      post({ path: '/refresh', body: { refreshToken: 'rt' } }),
      post({ path: '/sign-out', body: { refreshToken: 'rt' } }),
      post({ path: '/refresh', body: { refreshToken: 'rt' } }),
    ],
    // The same token to those who check it.
    [bearer('Bearer a.b.c'), bearer('bearer  a.b.c', '/authenticators'), bearer('BEARER a.b.d')],
  ]
  for (const [index, requests] of groups.entries()) {
    const statuses = []
    for (const request of requests) statuses.push((await app.inject(request)).statusCode)
    t.equal(statuses.at(-1), 429, `group ${index}`)
    t.notOk(statuses.slice(0, -1).includes(429), `group ${index}`)
  }
  for (const authorization of ['', 'Bearer', 'Basic YTpi', 'Bearer abc', 'x '.repeat(4_000)]) {
    for (let time = 0; time < 3; time += 1) {
      t.not((await app.inject(bearer(authorization))).statusCode, 429, 'is no token of ours')
    }
  }
})

t.test('an enrolment counts for the address it writes to', async (t) => {
  const limits = limitsOf({ identifier: rate })
  const { app } = await buildTestApp(t, { limits })
  const enrol = (body: object) =>
    app.inject(
      post({ path: '/authenticators', body }, { headers: { authorization: 'Bearer a.b.c' } }),
    )
  for (const body of [{ phoneNumber: '+6421234567' }, { email: 'ada@example.com' }]) {
    const statuses = []
    for (let time = 0; time < 3; time += 1) statuses.push((await enrol(body)).statusCode)
    t.strictSame(statuses, [200, 200, 429])
  }
  for (let time = 0; time < 3; time += 1) t.equal((await enrol({})).statusCode, 200, 'a passkey')
})

t.test('an address that is wrong or not served is refused as ever', async (t) => {
  const limits = limitsOf({ identifier: rate }, { phoneCountries: ['NZ'] })
  const { app, calls } = await buildTestApp(t, { limits })
  for (const [path, body, pointer] of [
    [START.path, { email: 'nobody' }, '/email'],
    [START.path, {}, ''],
    [START.path, { phoneNumber: '021' }, '/phoneNumber'],
    [START.path, { phoneNumber: '+18765551234' }, '/phoneNumber'],
    ['/authenticators', { phoneNumber: '+18765551234' }, '/phoneNumber'],
  ] as const) {
    const response = await app.inject(post({ path, body }))
    t.equal(response.statusCode, 400)
    t.match(response.json(), { code: 'invalid_request', errors: [{ pointer }] })
  }
  t.strictSame(calls, [])
  const enrolment = { path: '/authenticators', body: { phoneNumber: '+6421234567' } }
  const response = await app.inject(post(enrolment, { headers: { authorization: 'Bearer a.b.c' } }))
  t.equal(response.statusCode, 200)
})

t.test(
  'an Idempotency-Key is 16 to 128 visible characters, and reaches the use case',
  async (t) => {
    const { app, calls } = await buildTestApp(t)
    const good = [
      'x'.repeat(16),
      '~'.repeat(128),
      'c56a4180-65aa-42ec-a945-5fd21dec0538',
      '"quoted-as-an-SF"',
    ]
    for (const key of good) {
      const { statusCode } = await app.inject(post(START, { headers: { 'idempotency-key': key } }))
      t.equal(statusCode, 200)
      t.match(calls.pop(), ['startSignIn', { idempotencyKey: key }])
    }
    for (const key of [
      '',
      'x'.repeat(15),
      'x'.repeat(129),
      'has a space in it',
      'caf\u00e9-caf\u00e9-caf\u00e9-caf\u00e9',
    ]) {
      const response = await app.inject(post(START, { headers: { 'idempotency-key': key } }))
      t.equal(response.statusCode, 400, key)
      t.match(response.json(), {
        errors: [{ pointer: '', detail: /^The header idempotency-key must .+\.$/ }],
      })
      if (key.length > 0) t.notOk(response.body.includes(key))
    }
    t.strictSame(calls, [])
  },
)
