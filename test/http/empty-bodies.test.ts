import t from 'tap'
import { buildTestApp } from '../support/build-app.ts'
import { expectProblem } from '../support/expect-problem.ts'

const authorization = 'Bearer access.token.x'
const TYPES = ['application/json', 'application/json; charset=utf-8', 'Application/JSON']
const connection = { ipAddress: '203.0.113.7' }

/** Operations that need no body. */
const BODYLESS = [
  ['DELETE', '/me', 204, ['deleteMe', 'access.token.x']],
  ['DELETE', '/authenticators/abc', 204, ['removeAuthenticator', ['access.token.x', 'abc']]],
  ['POST', '/sign-out-everywhere', 204, ['signOutEverywhere', 'access.token.x']],
  ['POST', '/authenticators', 200, ['startEnrolment', ['access.token.x', connection]]],
] as const

t.test('who has nothing to say may name a content type all the same', async (t) => {
  const { app, calls } = await buildTestApp(t)
  for (const [method, url, status, call] of BODYLESS) {
    for (const type of [...TYPES, undefined]) {
      for (const length of [{}, { 'content-length': '0' }]) {
        const headers = {
          authorization,
          'user-agent': '',
          ...(type === undefined ? {} : { 'content-type': type }),
          ...length,
        }
        const remoteAddress = connection.ipAddress
        const response = await app.inject({ method, url, headers, remoteAddress })
        t.equal(response.statusCode, status, `${method} ${url} ${type}`)
        t.match(calls.splice(0), [call])
      }
    }
  }
})

t.test('a body is still one: of another type, too large or broken it is refused', async (t) => {
  const { app, calls } = await buildTestApp(t)
  for (const [method, url] of BODYLESS) {
    const send = (type: string, payload: string) =>
      app.inject({ method, url, payload, headers: { authorization, 'content-type': type } })
    for (const type of ['text/plain', 'application/xml', 'nonsense']) {
      for (const payload of ['', 'x']) {
        expectProblem(t, await send(type, payload), 'unsupported_media_type', { label: url })
      }
    }
    const large = await send('application/json', '{}'.padEnd(16 * 1024 + 1))
    expectProblem(t, large, 'payload_too_large', { label: url })
    for (const payload of [' ', '{', '{"__proto__":{}}', '{"constructor":{"prototype":{}}}']) {
      const response = await send('application/json', payload)
      expectProblem(t, response, 'invalid_request', { label: `${url} ${payload}` })
    }
  }
  t.strictSame(calls, [])
})

t.test('null is no body of an enrolment', async (t) => {
  const { app, calls } = await buildTestApp(t)
  const headers = { authorization, 'content-type': 'application/json' }
  const given = { method: 'POST', url: '/authenticators', payload: 'null', headers } as const
  t.equal((await app.inject(given)).statusCode, 400)
  t.strictSame(calls, [])
})

t.test('where a body is required, none is refused', async (t) => {
  const { app, calls } = await buildTestApp(t)
  for (const [method, url] of [
    ['POST', '/start-sign-in'],
    ['POST', '/finish-sign-in'],
    ['POST', '/refresh'],
    ['POST', '/sign-out'],
    ['PATCH', '/me'],
    ['POST', '/authenticators/verify'],
    ['POST', '/start-step-up'],
    ['POST', '/finish-step-up'],
  ] as const) {
    for (const headers of [{ authorization }, { authorization, 'content-type': TYPES[0] }]) {
      const response = await app.inject({ method, url, headers })
      const { errors } = response.json<{ errors?: object[] }>()
      expectProblem(t, response, 'invalid_request', { more: { errors }, label: url })
      t.match(errors, [{ pointer: '' }], url)
    }
  }
  t.strictSame(calls, [])
})
