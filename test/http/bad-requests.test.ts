import t from 'tap'
import { buildTestApp, ROUTES } from '../support/build-app.ts'
import { expectProblem } from '../support/expect-problem.ts'

const [START, FINISH] = ROUTES
const JSON_TYPE = { 'content-type': 'application/json' }
const email = 'ada@example.com'

/** Bodies that break the schema, with the pointers that are named. */
const BAD_STARTS: [unknown, string[]][] = [
  [null, ['']],
  [[], ['']],
  ['ada@example.com', ['']],
  [12, ['']],
  [{ email: 12 }, ['/email']],
  [{ email: null }, ['/email']],
  [{ email: [email] }, ['/email']],
  [{ email: true }, ['/email']],
  [{ email: `${'a'.repeat(320)}@example.com` }, ['/email']],
  [{ phoneNumber: 6421234567 }, ['/phoneNumber']],
  [{ username: { name: 'ada' } }, ['/username']],
  [{ email, redirectUrl: 1 }, ['/redirectUrl']],
  [{ email, redirectUrl: `https://${'a'.repeat(2050)}` }, ['/redirectUrl']],
  [{ email, locale: 'en_NZ' }, ['/locale']],
  [{ email, locale: 'not a locale' }, ['/locale']],
  [{ email, deviceId: 'a b' }, ['/deviceId']],
  [{ email, deviceId: '' }, ['/deviceId']],
  [{ email, extra: 1 }, ['']],
  [{ email, ipAddress: '1.2.3.4' }, ['']],
  [{ email, userAgent: 'mine' }, ['']],
  [{ email, Email: email }, ['']],
]

const BAD_FINISHES: [unknown, string[]][] = [
  [{}, ['/session']],
  [{ session: 's1.x' }, ['/token']],
  [{ token: 'a.b.c' }, ['/session']],
  [{ session: '', token: 'a.b.c' }, ['/session']],
  [{ session: 's1.x', token: '' }, ['/token']],
  [{ session: 1, token: 'a.b.c' }, ['/session']],
  [{ session: 's1.x', token: ['a.b.c'] }, ['/token']],
  [{ session: 's1.x', token: 'x'.repeat(8193) }, ['/token']],
  [{ session: 'x'.repeat(8193), token: 'x' }, ['/session']],
  [{ session: 's1.x', token: 'a.b.c', username: 'ada' }, ['']],
]

t.test('a body that breaks the schema names the field and never reaches a use case', async (t) => {
  const { app, calls } = await buildTestApp(t)
  for (const [{ path }, bodies] of [
    [START, BAD_STARTS],
    [FINISH, BAD_FINISHES],
  ] as const) {
    for (const [body, pointers] of bodies) {
      const label = `${path} ${JSON.stringify(body).slice(0, 60)}`
      const payload = JSON.stringify(body)
      const response = await app.inject({ method: 'POST', url: path, payload, headers: JSON_TYPE })
      const { errors } = response.json<{ errors?: { pointer: string; detail: string }[] }>()
      expectProblem(t, response, 'invalid_request', { more: { errors }, label })
      t.strictSame(
        errors?.map(({ pointer }) => pointer),
        pointers,
        label,
      )
      t.ok(
        errors?.every(({ detail }) => /^[A-Z].+\.$/.test(detail)),
        label,
      )
      t.notMatch(response.body, /ada@|a\.b\.c|1\.2\.3\.4|en_NZ/, label)
    }
  }
  t.strictSame(calls, [])
})

const BROKEN_JSON = [
  '',
  ' ',
  '{',
  '{"email":"ada@example.com"',
  "{'email':'ada@example.com'}",
  '{"email":"ada@example.com"}{}',
  'email=ada@example.com',
  'undefined',
  '\u0000',
  '{"email":"ada@example.com","__proto__":{"x":1}}',
  '{"email":"ada@example.com","constructor":{"prototype":{"x":1}}}',
  '{"__proto__":{"email":"ada@example.com"}}',
]

t.test('a body that is no JSON, or poisons objects, is refused', async (t) => {
  const { app, calls } = await buildTestApp(t)
  for (const { path } of ROUTES) {
    for (const payload of BROKEN_JSON) {
      const response = await app.inject({ method: 'POST', url: path, payload, headers: JSON_TYPE })
      const { errors } = response.json<{ errors?: unknown }>()
      const label = `${path} ${JSON.stringify(payload)}`
      expectProblem(t, response, 'invalid_request', { label, more: errors ? { errors } : {} })
      t.notMatch(response.body, /ada@|Unexpected|position/, label)
    }
  }
  t.strictSame(calls, [])
})

t.test('no body at all is refused', async (t) => {
  const { app, calls } = await buildTestApp(t)
  for (const { path } of ROUTES) {
    const response = await app.inject({ method: 'POST', url: path })
    const { errors } = response.json<{ errors?: unknown }>()
    expectProblem(t, response, 'invalid_request', { more: { errors } })
  }
  t.strictSame(calls, [])
})

t.test('a body may have 16 KiB and not a byte more', async (t) => {
  const { app, calls } = await buildTestApp(t)
  for (const [size, wanted] of [
    [16 * 1024, 200],
    [16 * 1024 + 1, 413],
    [1024 * 1024, 413],
  ] as const) {
    const payload = JSON.stringify({ email }).padEnd(size)
    const response = await app.inject({
      method: 'POST',
      url: START.path,
      payload,
      headers: JSON_TYPE,
    })
    t.equal(response.statusCode, wanted)
    if (wanted === 413) expectProblem(t, response, 'payload_too_large')
  }
  t.equal(calls.length, 1)
})

t.test('a body that hides its size is cut off all the same', async (t) => {
  const { Readable } = await import('node:stream')
  const { app, calls } = await buildTestApp(t)
  const response = await app.inject({
    method: 'POST',
    url: START.path,
    payload: Readable.from(Array.from({ length: 64 }, () => ' '.repeat(1024))),
    headers: { ...JSON_TYPE, 'transfer-encoding': 'chunked' },
  })
  expectProblem(t, response, 'payload_too_large')
  t.strictSame(calls, [])
})

const OTHER_TYPES = [
  'text/plain',
  'text/plain; charset=utf-8',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/jsonp',
  'text/json',
  'application/xml',
  'application/octet-stream',
  'nonsense',
  '',
]

t.test('a content type other than JSON is refused, as is none', async (t) => {
  const { app, calls } = await buildTestApp(t)
  for (const { path, body } of ROUTES) {
    for (const type of [...OTHER_TYPES, undefined]) {
      const response = await app.inject({
        method: 'POST',
        url: path,
        payload: Buffer.from(JSON.stringify(body)),
        headers: type === undefined ? {} : { 'content-type': type },
      })
      expectProblem(t, response, 'unsupported_media_type', { label: `${path} ${type}` })
    }
  }
  t.strictSame(calls, [])
})
