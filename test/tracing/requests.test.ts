import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { ServiceError } from '../../src/errors.ts'
import { openTelemetry, type TracingOptions } from '../../src/tracing/open-telemetry.ts'
import { trustedPeers } from '../../src/http/trusted-peers.ts'
import { buildTestApp, ROUTES, STARTED } from '../support/build-app.ts'
import { attributesOf, startOtlpReceiver, type OtlpReceiver } from '../support/otlp-receiver.ts'

const [{ path, body }] = ROUTES
const EMAIL = 'ada.lovelace@example.com'
const PARENT = '0af7651916cd43dd8448eb211c80319c'
const traceparent = `00-${PARENT}-b7ad6b7169203331-01`

type Overrides = Parameters<typeof buildTestApp>[1]

async function tracedApp(
  t: Test,
  options: Partial<TracingOptions> = {},
  overrides: Overrides = {},
) {
  const receiver = await startOtlpReceiver(t)
  const tracing = openTelemetry({
    url: `${receiver.url}/v1/traces`,
    headers: { authorization: 'Bearer collector' },
    serviceName: 'sign-in',
    share: 1,
    isTrusted: trustedPeers(['10.0.0.0/8']),
    ...options,
  })
  const built = await buildTestApp(t, { ...overrides, tracing, logs: true })
  return { ...built, receiver, tracing }
}

/** What has been delivered when the app has closed, each with its attributes as an object. */
async function spansAtClose({ app, receiver }: Awaited<ReturnType<typeof tracedApp>>) {
  await app.close()
  return receiver.spans().map((span) => ({ ...span, has: attributesOf(span.attributes) }))
}

t.test('a request is one span by its route, and its calls are spans below it', async (t) => {
  const traced = await tracedApp(
    t,
    {},
    {
      startSignIn: async () => {
        await new Promise((resolve) => setTimeout(resolve, 5))
        traced.tracing.observer.onCall?.({
          service: 'cognito',
          operation: 'InitiateAuth',
          outcome: 'ok',
          seconds: 0.004,
        })
        return STARTED
      },
    },
  )
  await traced.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = traced.app.server.address() as AddressInfo
  await fetch(`http://127.0.0.1:${port}${path}?email=${EMAIL}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  })
  const [call, request, ...more] = await spansAtClose(traced)
  t.strictSame(more, [])
  t.match(request, {
    name: 'POST /start-sign-in',
    kind: 2,
    has: { 'http.request.method': 'POST', 'http.route': path, 'http.response.status_code': 200 },
  })
  t.match(call, {
    name: 'cognito InitiateAuth',
    kind: 3,
    traceId: request?.traceId,
    parentSpanId: request?.spanId,
    has: {
      'upstream.service': 'cognito',
      'upstream.operation': 'InitiateAuth',
      'upstream.outcome': 'ok',
    },
  })
  t.equal(Number(BigInt(call!.endTimeUnixNano) - BigInt(call!.startTimeUnixNano)), 4_000_000)
  t.match(traced.receiver.resource(), { 'service.name': 'sign-in' })
  t.match(traced.receiver.requests[0], {
    path: '/v1/traces',
    headers: { authorization: 'Bearer collector', 'content-type': 'application/json' },
  })
})

t.test('log lines carry the id of the trace', async (t) => {
  const traced = await tracedApp(t)
  await traced.app.inject({ method: 'POST', url: path, payload: body })
  const [span] = await spansAtClose(traced)
  const lines = traced.lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  t.equal(lines.find(({ msg }) => msg === 'request')?.['trace_id'], span?.traceId)
})

t.test('failures are told by code and class, never by their text', async (t) => {
  for (const [error, code, status] of [
    [new ServiceError('upstream_unavailable'), 'upstream_unavailable', 2],
    [new TypeError(`cannot read ${EMAIL}`), 'internal_error', 2],
    [new ServiceError('sign_in_blocked'), 'sign_in_blocked', 2],
  ] as const) {
    const traced = await tracedApp(t, {}, { startSignIn: () => Promise.reject(error) })
    await traced.app.inject({ method: 'POST', url: path, payload: body })
    const [span] = await spansAtClose(traced)
    t.equal(span?.has['error.type'], code)
    t.strictSame(span?.status, { code: status })
    t.strictSame(
      span?.events.map(({ name, attributes }) => [name, attributesOf(attributes)]),
      [['exception', { 'exception.type': error.name }]],
    )
    t.notMatch(traced.receiver.bodies.join(''), EMAIL)
  }
})

t.test('what no route takes is a span without a path', async (t) => {
  const traced = await tracedApp(t)
  for (const url of [`/${EMAIL}`, `/%/${EMAIL}`, `/users/${EMAIL}?email=${EMAIL}`]) {
    await traced.app.inject({
      url,
      headers: { 'user-agent': EMAIL, tracestate: 'x=ada', baggage: 'user=ada', cookie: 'ada=1' },
      remoteAddress: '10.0.0.1',
    })
  }
  const spans = await spansAtClose(traced)
  t.ok(spans.length >= 2)
  for (const { name, has } of spans) {
    t.equal(name, 'GET')
    t.strictSame(Object.keys(has).toSorted(), [
      'error.type',
      'http.request.method',
      'http.response.status_code',
    ])
  }
  t.notMatch(traced.receiver.bodies.join(''), /ada@|["=]ada\b|10\.0\.0\.1/)
})

t.test('only a proxy of ours says which trace a request belongs to', async (t) => {
  const traced = await tracedApp(t, { share: 0 })
  const send = (remoteAddress: string, headers: Record<string, string>) =>
    traced.app.inject({ url: '/nothing', headers, remoteAddress })
  await send('203.0.113.9', { traceparent })
  await send('10.0.0.1', { traceparent: 'garbage' })
  await send('10.0.0.1', { traceparent: `00-${PARENT}-b7ad6b7169203331-00` })
  await send('10.0.0.1', { traceparent, tracestate: 'vendor=ada' })
  const spans = await spansAtClose(traced)
  t.strictSame(
    spans.map(({ traceId, parentSpanId }) => [traceId, parentSpanId]),
    [[PARENT, 'b7ad6b7169203331']],
  )
  t.notMatch(traced.receiver.bodies.join(''), 'vendor')
})

t.test('a share of nothing traces nothing', async (t) => {
  const traced = await tracedApp(t, { share: 0 })
  await traced.app.inject('/nothing')
  t.strictSame(await spansAtClose(traced), [])
})

const TROUBLE: [string, (receiver: OtlpReceiver) => void][] = [
  ['refuses', (receiver) => (receiver.trouble = 'status')],
  ['hangs', (receiver) => (receiver.trouble = 'hang')],
]

t.test('a collector in trouble is told of once and holds nobody up', async (t) => {
  for (const [what, get] of TROUBLE) {
    const traced = await tracedApp(t)
    get(traced.receiver)
    for (let i = 0; i < 3; i += 1) {
      const { statusCode } = await traced.app.inject({ method: 'POST', url: path, payload: body })
      t.equal(statusCode, 200, what)
    }
    await traced.app.close()
    const told = traced.lines.filter((line) => line.includes('traces cannot be delivered'))
    t.ok(told.length <= 1, what)
    if (what === 'refuses') t.equal(told.length, 1)
  }
})
