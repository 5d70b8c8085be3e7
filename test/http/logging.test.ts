import pino from 'pino'
import t from 'tap'
import { loggerOptions } from '../../src/http/logging.ts'
import { ServiceError } from '../../src/errors.ts'
import { buildTestApp, ROUTES } from '../support/build-app.ts'

function parsed(lines: string[]): Record<string, unknown>[] {
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
}

t.test('the operator finds the upstream failure under the id in the answer', async (t) => {
  const upstream = {
    service: 'cognito',
    operation: 'InitiateAuth',
    reason: 'ResourceNotFoundException',
    requestId: 'aws-request-1',
  } as const
  const { app, lines } = await buildTestApp(t, {
    startSignIn: () => Promise.reject(new ServiceError('upstream_error', { upstream })),
    logs: true,
  })
  const [{ path, body }] = ROUTES
  const response = await app.inject({ method: 'POST', url: path, payload: body })
  t.match(
    parsed(lines).find(({ msg }) => msg === 'upstream failed'),
    {
      level: 'warn',
      code: 'upstream_error',
      upstream,
      requestId: response.headers['x-request-id'],
    },
  )
})

t.test('the operator finds where a bug is, under the id in the answer', async (t) => {
  const { app, lines } = await buildTestApp(t, {
    startSignIn: () => Promise.reject(Object.assign(new TypeError('secret'), { code: 'E_TEST' })),
    logs: true,
  })
  const [{ path, body }] = ROUTES
  const response = await app.inject({ method: 'POST', url: path, payload: body })
  const line = parsed(lines).find(({ msg }) => msg === 'internal error')
  t.match(line, {
    level: 'error',
    code: 'internal_error',
    err: { type: 'TypeError', code: 'E_TEST' },
    requestId: response.headers['x-request-id'],
  })
  t.match(line, { err: { frames: [/logging\.test\.ts:\d+:\d+/] } })
})

t.test('a refusal that is no failure leaves one line', async (t) => {
  const { app, lines } = await buildTestApp(t, {
    startSignIn: () => Promise.reject(new ServiceError('sign_in_blocked')),
    logs: true,
  })
  const [{ path, body }] = ROUTES
  await app.inject({ method: 'POST', url: path, payload: body })
  t.match(parsed(lines), [{ msg: 'request', level: 'info', status: 403, route: path }])
})

t.test('a path of nobody is not logged', async (t) => {
  const { app, lines } = await buildTestApp(t, { logs: true })
  await app.inject('/ada@example.com')
  t.match(parsed(lines), [{ msg: 'request', status: 404, route: undefined }])
})

t.test('a logger of ours drops requests, answers and messages wherever they turn up', (t) => {
  const lines: string[] = []
  const logger = pino(loggerOptions('info'), { write: (line: string) => void lines.push(line) })
  logger.info({ req: { url: 'ada@example.com' }, res: { body: 'ada@example.com' } }, 'text')
  logger.warn({ err: new Error('ada@example.com') }, 'text')
  logger.warn({ error: new Error('ada@example.com') }, 'text')
  logger.warn({ err: 'ada@example.com' }, 'text')
  logger.warn({ err: undefined }, 'text')
  logger.debug('below the level')
  t.equal(lines.length, 5)
  t.notMatch(lines.join(''), 'ada@')
  t.match(parsed(lines)[3], { err: { type: 'string' } })
  t.ok(parsed(lines).every(({ service }) => service === 'cognito-authsignal-bff'))
  t.end()
})
