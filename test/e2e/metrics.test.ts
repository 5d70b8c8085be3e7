import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { buildAdmin } from '../../src/admin.ts'
import { EMAIL, startAccountStack, type AccountStack } from '../support/account.ts'
import * as labels from '../../src/metrics/labels.ts'

/** Every label with every value it may have; routes and operations are those of the API description. */
async function allowedValues(app: FastifyInstance): Promise<Record<string, Set<string>>> {
  const { paths = {} } = app.swagger() as unknown as {
    paths?: Record<string, Record<string, { operationId: string }>>
  }
  const operations = Object.values(paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  )
  const routes = Object.keys(paths).map((path) => path.replaceAll(/\{(\w+)\}/g, ':$1'))
  return Object.fromEntries(
    Object.entries({
      route: [...routes, labels.NONE],
      operation: [...operations, ...labels.CALLS, ...labels.REDIS_OPERATIONS, labels.NONE],
      method: [...labels.METHODS, 'other'],
      status: labels.STATUS_CLASSES,
      code: labels.CODES,
      service: labels.SERVICES,
      outcome: [...labels.CALL_OUTCOMES, ...labels.OUTCOMES],
      state: labels.BREAKER_STATES,
      flow: labels.FLOWS,
      step: labels.STEPS,
      event: labels.EVENT_NAMES,
      finding: labels.FINDING_NAMES,
      rule: labels.LIMIT_RULES,
      priority: labels.PRIORITIES,
    }).map(([label, values]) => [label, new Set(values)]),
  )
}

const scrape = ({ service }: AccountStack) => service.metrics.registry.metrics()

const valueOf = (text: string, series: string) =>
  Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${series} `))
      ?.split(' ')[1] ?? Number.NaN,
  )

/** Everything that clients do, and much that they should not. */
async function live(stack: AccountStack): Promise<void> {
  const ada = await stack.signInAs(EMAIL)
  for (const path of ['/me', '/authenticators']) await ada.call('GET', path)
  await ada.call('PATCH', '/me', { name: 'Ada' })
  await stack.post('/refresh', { refreshToken: ada.refreshToken })
  const started = await stack.start({ email: EMAIL })
  await stack.finish({ session: started.body.session, token: 'not.a.token' })
  const step = await ada.call('POST', '/start-step-up', { action: 'authorizePayment' })
  await ada.call('POST', '/finish-step-up', { action: 'authorizePayment', token: step.body.token })
  for (const weird of [
    '__proto__',
    'constructor',
    'ada@example.com',
    '%00',
    'a'.repeat(500),
    '"}',
  ]) {
    const path = `/${encodeURIComponent(weird)}`
    await stack.post(path, {})
    await stack.post('/start-sign-in', { email: weird, [weird]: weird })
    await stack.post('/finish-sign-in', { session: weird, token: weird })
    await stack.post('/refresh', { refreshToken: weird })
    await ada.call('DELETE', `/authenticators${path}`)
    await ada.call('POST', '/start-step-up', { action: weird })
    await fetch(`${stack.url}${path}?q=${path}`, { method: 'OPTIONS', headers: { origin: 'x' } })
    await fetch(`${stack.url}/me`, { method: 'PROPFIND' })
    await fetch(`${stack.url}/me`, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${weird}` },
    })
  }
}

t.test('whatever comes, labels are of closed sets and the series do not grow', async (t) => {
  const stack = await startAccountStack(t)
  const allowed = await allowedValues(stack.service)
  await live(stack)
  const text = await scrape(stack)
  let seen = 0
  for (const [, name = '', selector = ''] of text.matchAll(/^(bff_\w+)\{(.*)\} /gm)) {
    for (const [, label = '', value = ''] of selector.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) {
      seen++
      if (label !== 'le') t.ok(allowed[label]?.has(value), `${name} ${label}=${value}`)
    }
  }
  t.ok(seen > 500)
  t.notMatch(text, EMAIL)
  const count = text.split('\n').length
  await live(stack)
  await live(stack)
  const later = (await scrape(stack)).split('\n').length
  t.ok(later - count < 60, `a few that had not come up: ${later - count}`)
  t.ok(later < 3_000, `${later} lines`)
})

t.test('the way from start to finish is counted, and timed', async (t) => {
  const stack = await startAccountStack(t)
  await stack.signInAs(EMAIL)
  const { body } = await stack.start({ email: EMAIL })
  await stack.finish({ session: body.session, token: body.token })
  const text = await scrape(stack)
  const steps = { started: 2, challenged: 2, retried: 1, finished: 1, failed: 1, blocked: 0 }
  for (const [step, count] of Object.entries(steps)) {
    t.equal(valueOf(text, `bff_sign_ins_total{flow="challenge",step="${step}"}`), count, step)
  }
  t.equal(valueOf(text, 'bff_sign_in_duration_seconds_count'), 1)
  t.equal(valueOf(text, 'bff_events_total{event="sign_in_finished",outcome="ok"}'), 1)
  t.equal(valueOf(text, 'bff_operations_total{operation="startSignIn",code="ok"}'), 2)
  t.equal(
    valueOf(text, 'bff_operations_total{operation="finishSignIn",code="challenge_failed"}'),
    1,
  )
  const initiated =
    'bff_upstream_call_duration_seconds_count{service="cognito",operation="InitiateAuth"'
  t.ok(valueOf(text, `${initiated},outcome="ok"}`) >= 2)
  t.equal(valueOf(text, 'bff_upstream_breaker_state{service="cognito",state="closed"}'), 1)
  t.equal(valueOf(text, 'bff_http_requests_in_flight'), 0)
  t.notMatch(text, /^bff_redis_up /m, 'there is none')
})

t.test('a limit that refuses is counted under its name', async (t) => {
  const stack = await startAccountStack(t, { env: { RATE_LIMIT_IDENTIFIER: '1/600' } })
  for (const status of [200, 429]) t.equal((await stack.start({ email: EMAIL })).status, status)
  t.equal(valueOf(await scrape(stack), 'bff_limited_total{rule="identifier"}'), 1)
})

t.test('the admin listener shows them as Prometheus reads them', async (t: Test) => {
  const { service: app } = await startAccountStack(t)
  const admin = buildAdmin({
    isReady: () => true,
    upstreams: () => app.upstreams.statuses(),
    openApi: () => app.swagger(),
    metrics: app.metrics.registry,
  })
  t.teardown(() => admin.close())
  const answer = await admin.inject('/metrics')
  t.equal(answer.statusCode, 200)
  t.match(answer.headers['content-type'], /^text\/plain; version=0\.0\.4/)
  t.match(answer.body, '# TYPE bff_sign_ins_total counter')
})
