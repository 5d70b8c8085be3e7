import { createRequire } from 'node:module'
import t from 'tap'
import { startOtlpReceiver, attributesOf } from '../support/otlp-receiver.ts'
import { startStack } from '../support/stack.ts'

const EMAIL = 'ada.lovelace@example.com'

/**
 * Modules of OpenTelemetry are CommonJS, so whatever is loaded is known here. Its API package is a
 * few empty functions, which prom-client loads too.
 */
function loaded(): string[] {
  const { cache } = createRequire(import.meta.url)
  return Object.keys(cache).filter((file) =>
    /node_modules\/(@opentelemetry\/(?!api\/)|@fastify\/otel\/)/.test(file),
  )
}

t.test('without an exporter nothing of OpenTelemetry is loaded; with one, it is', async (t) => {
  const plain = await startStack(t)
  t.equal((await plain.signIn({ email: EMAIL })).status, 200)
  t.strictSame(loaded(), [])
  const { url } = await startOtlpReceiver(t)
  await startStack(t, { env: { OTEL_EXPORTER_OTLP_ENDPOINT: url } })
  t.ok(loaded().length > 10)
})

t.test('a sign-in is traced, and the upstreams are told nothing of it', async (t) => {
  const receiver = await startOtlpReceiver(t)
  const stack = await startStack(t, {
    env: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${receiver.url}/custom` },
  })
  t.equal((await stack.signIn({ email: EMAIL })).status, 200)
  const requests = () => receiver.spans().filter(({ kind }) => kind === 2)
  while (requests().length < 2) await new Promise((resolve) => setTimeout(resolve, 20))
  const spans = receiver.spans()
  t.strictSame(
    requests().map(({ name }) => name),
    ['POST /start-sign-in', 'POST /finish-sign-in'],
  )
  const calls = spans.filter(({ kind }) => kind === 3)
  t.ok(calls.some(({ name }) => name === 'cognito InitiateAuth'))
  t.ok(calls.some(({ name }) => name === 'cognito RespondToAuthChallenge'))
  for (const call of calls) {
    const parent = spans.find(({ spanId }) => spanId === call.parentSpanId)
    t.equal(parent?.traceId, call.traceId)
    t.ok(attributesOf(call.attributes)['upstream.outcome'])
  }
  t.equal(receiver.requests[0]?.path, '/custom')
  // No letters of hex alone: the ids of traces are random.
  t.notMatch(receiver.bodies.join(''), /lovelace|localclient|eyJ/)
})
