import t from 'tap'
import { buildTestApp, ROUTES } from '../support/build-app.ts'
import { expectProblem } from '../support/expect-problem.ts'

const OURS = 'https://app.example.com'
const OTHERS = [
  'https://evil.example',
  'https://app.example.com.evil.example',
  'https://evil-app.example.com',
  'http://app.example.com',
  'https://app.example.com:8443',
  'null',
]
const [START] = ROUTES

function preflight(origin: string) {
  return {
    method: 'OPTIONS',
    url: START.path,
    headers: { origin, 'access-control-request-method': 'POST' },
  } as const
}

t.test('without a list no origin may read an answer', async (t) => {
  const { app } = await buildTestApp(t)
  const response = await app.inject({
    method: 'POST',
    url: START.path,
    payload: START.body,
    headers: { origin: OURS },
  })
  t.equal(response.headers['access-control-allow-origin'], undefined)
  expectProblem(t, await app.inject(preflight(OURS)), 'method_not_allowed')
})

t.test('an origin on the list may read answers, problems and the request id', async (t) => {
  const { app } = await buildTestApp(t, { corsOrigins: [OURS, 'https://b.example'] })
  for (const [url, payload] of [
    [START.path, START.body],
    [START.path, {}],
    ['/nothing', {}],
  ] as const) {
    const response = await app.inject({ method: 'POST', url, payload, headers: { origin: OURS } })
    t.equal(response.headers['access-control-allow-origin'], OURS)
    t.match(response.headers['access-control-expose-headers'], 'x-request-id')
    t.match(response.headers['access-control-expose-headers'], 'retry-after')
    t.match(response.headers.vary, /origin/i)
    t.notOk('access-control-allow-credentials' in response.headers)
  }
})

t.test('a preflight of an origin on the list is answered', async (t) => {
  const { app, calls } = await buildTestApp(t, { corsOrigins: [OURS] })
  const response = await app.inject(preflight(OURS))
  t.equal(response.statusCode, 204)
  t.equal(response.headers['access-control-allow-origin'], OURS)
  t.match(response.headers['access-control-allow-methods'], 'POST')
  t.equal(
    response.headers['access-control-allow-headers'],
    'content-type, authorization, idempotency-key, traceparent',
  )
  t.notOk('access-control-allow-credentials' in response.headers)
  t.match(response.headers['x-request-id'], /^[0-9a-f-]{36}$/)
  t.strictSame(calls, [])
})

t.test('no other origin is allowed, however alike', async (t) => {
  const { app } = await buildTestApp(t, { corsOrigins: [OURS] })
  for (const origin of OTHERS) {
    for (const request of [
      preflight(origin),
      { method: 'POST', url: START.path, payload: START.body, headers: { origin } } as const,
    ]) {
      const response = await app.inject(request)
      t.equal(response.headers['access-control-allow-origin'], undefined, origin)
      t.match(response.headers.vary, /origin/i, 'nor may a cache mix the two up')
      if (request.method !== 'OPTIONS') continue
      expectProblem(t, response, 'invalid_request', { label: origin })
      t.notOk(
        Object.keys(response.headers).some((name) => name.startsWith('access-control-')),
        `${origin} is told nothing`,
      )
    }
  }
})

t.test('OPTIONS that is no preflight is a problem, not a text', async (t) => {
  const { app } = await buildTestApp(t, { corsOrigins: [OURS] })
  for (const headers of [{}, { origin: OURS }, { 'access-control-request-method': 'POST' }]) {
    const response = await app.inject({ method: 'OPTIONS', url: START.path, headers })
    expectProblem(t, response, 'invalid_request', { label: JSON.stringify(headers) })
  }
})
