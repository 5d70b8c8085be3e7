import { connect, type AddressInfo } from 'node:net'
import helmet, { type FastifyHelmetOptions } from '@fastify/helmet'
import Fastify, { type FastifyInstance } from 'fastify'
import t from 'tap'
import { buildAdmin } from '../../src/admin.ts'
import { securityHeaders } from '../../src/http/security-headers.ts'
import { ServiceError } from '../../src/errors.ts'
import { buildTestApp, ROUTES } from '../support/build-app.ts'

const YEAR = 31_536_000
const EXPECTED = securityHeaders(YEAR)
const ORIGIN = 'https://app.example.com'
const [{ path, body }] = ROUTES
const json = { 'content-type': 'application/json' }
const preflight = { origin: ORIGIN, 'access-control-request-method': 'POST' }

/** The settings of helmet that are meant: no more of it than an API needs. */
const HELMET: FastifyHelmetOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] },
  },
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  strictTransportSecurity: { maxAge: YEAR, includeSubDomains: true },
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xFrameOptions: { action: 'deny' },
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
}

t.test('they are what helmet says', async (t) => {
  const app = Fastify()
  await app.register(helmet, HELMET)
  app.get('/', () => '')
  const plain = await Fastify()
    .get('/', () => '')
    .inject('/')
  const { headers } = await app.inject('/')
  for (const name of Object.keys(plain.headers)) delete headers[name]
  t.strictSame(headers, EXPECTED)
})

t.test('what an API says to browsers is on every answer', async (t) => {
  const { app } = await buildTestApp(t, { corsOrigins: [ORIGIN] })
  const requests = {
    '200': { method: 'POST', url: path, payload: body },
    '204': { method: 'POST', url: '/sign-out', payload: { refreshToken: 'x' } },
    'preflight 204': { method: 'OPTIONS', url: path, headers: preflight },
    'stranger 400': {
      method: 'OPTIONS',
      url: path,
      headers: { ...preflight, origin: 'https://x.y' },
    },
    '400': { method: 'POST', url: path, payload: '{', headers: json },
    '404': { method: 'GET', url: '/nothing' },
    'bad url 404': { method: 'GET', url: '/%' },
    '405': { method: 'PUT', url: path },
    '413': { method: 'POST', url: path, payload: { email: 'x'.repeat(20_000) } },
    '415': { method: 'POST', url: path, payload: 'x', headers: { 'content-type': 'text/plain' } },
  } as const
  for (const [what, request] of Object.entries(requests)) {
    const { headers, statusCode } = await app.inject(request)
    t.equal(statusCode, Number(what.slice(-3)), what)
    t.match(headers, EXPECTED, what)
    t.ok(headers['x-request-id'], what)
    t.equal(headers['cache-control'], 'no-store', what)
    t.notOk('x-powered-by' in headers || 'server' in headers, what)
  }
})

t.test('a failure has them too', async (t) => {
  for (const error of [new Error('x'), new ServiceError('upstream_unavailable')]) {
    const { app } = await buildTestApp(t, { startSignIn: () => Promise.reject(error) })
    t.match((await app.inject({ method: 'POST', url: path, payload: body })).headers, EXPECTED)
  }
})

t.test('so does what is no HTTP request, on both listeners', async (t) => {
  const { app } = await buildTestApp(t)
  const admin = adminApp()
  t.teardown(() => admin.close())
  for (const [one, headers] of [
    [app, EXPECTED],
    [admin, securityHeaders()],
  ] as const) {
    const answer = await rawAnswer(one)
    t.match(answer, /^HTTP\/1\.1 400 /)
    for (const [name, value] of Object.entries(headers))
      t.match(answer, `\r\n${name}: ${value}\r\n`)
  }
})

t.test('the time for which browsers come by https only can be set', async (t) => {
  const { app } = await buildTestApp(t, { hstsMaxAge: 0 })
  for (const url of ['/nothing', '/%']) {
    const { headers } = await app.inject(url)
    t.match(headers, { 'strict-transport-security': 'max-age=0; includeSubDomains' })
  }
})

t.test('the admin listener has them on every answer; its page may use its own style', async (t) => {
  const admin = adminApp()
  t.teardown(() => admin.close())
  for (const url of ['/health/live', '/health/ready', '/openapi.json', '/nothing', '/%']) {
    const { headers } = await admin.inject(url)
    t.match(headers, securityHeaders(), url)
    t.equal(headers['cache-control'], 'no-store', url)
    t.match(headers['x-request-id'], /^[0-9a-f-]{36}$/, url)
    t.notOk('strict-transport-security' in headers, url)
  }
  const { headers, body: page } = await admin.inject('/docs')
  t.match(headers, { 'x-frame-options': 'DENY', 'x-content-type-options': 'nosniff' })
  t.match(headers['content-security-policy'], "style-src 'unsafe-inline'")
  t.match(headers['content-security-policy'], "frame-ancestors 'none'")
  t.notMatch(page, '<script')
})

t.test('every operation takes JSON only, whatever a form on another site can send', async (t) => {
  const { app, calls } = await buildTestApp(t)
  await app.ready()
  const types = [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/plain; x=application/json',
    'application/jsonp',
  ]
  const { paths = {} } = app.swagger()
  let tried = 0
  for (const [url, methods] of Object.entries(paths)) {
    for (const method of Object.keys(methods ?? {})) {
      if (method === 'get') continue
      for (const type of types) {
        const { statusCode } = await app.inject({
          method: method.toUpperCase() as 'POST',
          url: url.replaceAll(/\{\w+\}/g, 'id-1'),
          payload: JSON.stringify(body),
          headers: { 'content-type': type, authorization: 'Bearer a.b.c' },
        })
        t.equal(statusCode, 415, `${method} ${url} ${type}`)
        tried += 1
      }
    }
  }
  t.ok(tried > 60)
  t.strictSame(calls, [])
})

function adminApp(): FastifyInstance {
  return buildAdmin({
    isReady: () => true,
    openApi: () => ({ info: { title: 'x', version: '1' } }),
  } as Parameters<typeof buildAdmin>[0])
}

async function rawAnswer(app: FastifyInstance): Promise<string> {
  await app.listen({ port: 0, host: '127.0.0.1' })
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  socket.end('hello\r\n\r\n')
  let answer = ''
  for await (const chunk of socket) answer += String(chunk)
  return answer
}
