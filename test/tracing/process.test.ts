import { once } from 'node:events'
import t from 'tap'
import { startLocalStack } from '../../local/local-stack.ts'
import { startOtlpReceiver } from '../support/otlp-receiver.ts'
import { FREE_PORTS, startService } from '../support/service-process.ts'
import { post } from '../support/stack.ts'

t.test('the built service traces, and delivers the last spans when it is stopped', async (t) => {
  const receiver = await startOtlpReceiver(t)
  const stack = await startLocalStack({ triggersDir: 'dist/triggers' })
  t.teardown(() => stack.close())
  const { url, child, output } = await startService(t, {
    ...stack.serviceEnv,
    ...FREE_PORTS,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_SERVICE_NAME: 'sign-in',
  })
  t.equal((await post(`${url}/start-sign-in`, { email: 'ada@example.com' })).status, 200)
  const stopped = once(child, 'exit')
  child.kill('SIGTERM')
  t.strictSame(await stopped, [0, null])
  t.strictSame(
    receiver.spans().flatMap(({ name, kind }) => (kind === 2 ? name : [])),
    ['POST /start-sign-in'],
  )
  t.match(receiver.resource(), { 'service.name': 'sign-in' })
  t.match(output(), /"trace_id":"[0-9a-f]{32}"/)
})
