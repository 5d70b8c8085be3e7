import t from 'tap'
import { buildTestApp, ROUTES } from '../support/build-app.ts'
import { expectProblem } from '../support/expect-problem.ts'

const METHODS = ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'] as const

t.test('another method is refused and told which one to use', async (t) => {
  const { app, calls } = await buildTestApp(t)
  for (const { path, body } of ROUTES) {
    for (const method of METHODS) {
      for (const url of [path, `${path}?email=ada@example.com`]) {
        const response = await app.inject({ method, url, payload: JSON.stringify(body) })
        expectProblem(t, response, 'method_not_allowed', { label: `${method} ${url}` })
        t.equal(response.headers.allow, 'POST')
      }
    }
  }
  t.strictSame(calls, [])
})

t.test('HEAD is refused without a body', async (t) => {
  const { app } = await buildTestApp(t)
  for (const { path } of ROUTES) {
    const response = await app.inject({ method: 'HEAD', url: path })
    t.equal(response.statusCode, 405)
    t.equal(response.headers.allow, 'POST')
    t.match(response.headers['content-type'], /^application\/problem\+json/)
  }
})

const UNKNOWN_PATHS = [
  '/',
  '/nothing',
  '/start-sign-in/',
  '/Start-Sign-In',
  '/start-sign-in/more',
  '//start-sign-in',
  '/start-sign-in%2f',
  '/start-sign-in;x=1',
  '/../start-sign-in/x',
  '/health/live',
  '/openapi.json',
  '/documentation',
  '/__proto__',
  '/constructor',
  '/*',
  '/nothing?email=ada@example.com',
]

t.test('an unknown path is told so, whatever the method and the body', async (t) => {
  const { app, calls } = await buildTestApp(t)
  for (const url of UNKNOWN_PATHS) {
    for (const method of ['GET', 'POST', 'OPTIONS', 'DELETE'] as const) {
      const response = await app.inject({ method, url, payload: 'x'.repeat(20_000) })
      expectProblem(t, response, 'not_found', { label: `${method} ${url}` })
      t.notMatch(response.body, 'ada@')
    }
  }
  t.strictSame(calls, [])
})

t.test('a path in a bad encoding is an unknown path', async (t) => {
  const { app, calls } = await buildTestApp(t)
  for (const url of ['/%', '/%zz', '/start-sign-in%', '/%c0%ae', '/start-sign-in%ff']) {
    for (const method of ['GET', 'POST'] as const) {
      const response = await app.inject({ method, url, payload: '{}' })
      expectProblem(t, response, 'not_found', { label: `${method} ${url}` })
    }
  }
  t.strictSame(calls, [])
})
