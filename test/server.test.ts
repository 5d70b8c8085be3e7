import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { startLocalStack, type LocalStack } from '../local/local-stack.ts'
import { VARIABLES } from '../src/config-variables.ts'
import { FREE_PORTS, runToEnd, startService } from './support/service-process.ts'
import { post } from './support/stack.ts'

t.test('without configuration it ends at once and names every variable it misses', async (t) => {
  const { code, output } = await runToEnd({})
  t.equal(code, 1)
  for (const [name, variable] of Object.entries(VARIABLES)) {
    const isRequired = !('default' in variable) && !isOptional(variable.parse)
    t.equal(new RegExp(`^  ${name}: `, 'm').test(output), isRequired, name)
  }
})

t.test('answers health, the API description and problems on both listeners', async (t) => {
  const { url, admin } = await startService(t, env(await stackFor(t)))
  t.strictSame(await (await fetch(`${admin}/health/live`)).json(), { status: 'live' })
  t.strictSame(await (await fetch(`${admin}/health/ready`)).json(), { status: 'ready' })
  t.match(await (await fetch(`${admin}/openapi.json`)).json(), { openapi: '3.1.0' })
  const docs = await fetch(`${admin}/docs`)
  t.match(docs.headers.get('content-type'), 'text/html')
  t.match(await docs.text(), 'POST /start-sign-in')
  const wrongMethod = await fetch(`${admin}/health/live`, { method: 'POST' })
  t.equal(wrongMethod.status, 405)
  t.equal((await fetch(`${url}/health/live`)).status, 404, 'not on the public listener')
  t.equal((await fetch(`${url}/openapi.json`)).status, 404)
  t.match((await post(`${url}/start-sign-in`, {})).body, { code: 'invalid_request' })
})

t.test(
  'on SIGTERM it stops being ready, finishes what is in flight, and ends with 0',
  async (t) => {
    const stack = await stackFor(t)
    const { url, admin, child, output } = await startService(t, env(stack))
    const fault = { kind: 'delay', ms: 1_500 } as const
    stack.cognito.faults.add({ operation: 'InitiateAuth', fault, times: 1 })
    const inFlight = post(`${url}/start-sign-in`, { email: 'ada@example.com' })
    while (stack.cognito.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 10))
    const stopped = once(child, 'exit')
    child.kill('SIGTERM')
    while (!output().includes('SIGTERM')) await new Promise((resolve) => setTimeout(resolve, 10))
    t.equal((await fetch(`${admin}/health/ready`)).status, 503)
    t.equal((await inFlight).status, 200)
    t.strictSame(await stopped, [0, null])
    await t.rejects(post(`${url}/start-sign-in`, {}))
    t.match(output(), /"signal":"SIGTERM"/)
  },
)

t.test('says why when its port is taken', async (t) => {
  const stack = await stackFor(t)
  const taken = createServer().listen(0, 'localhost')
  await once(taken, 'listening')
  t.teardown(() => taken.close())
  const { port } = taken.address() as AddressInfo
  const { code, output } = await runToEnd({ ...env(stack), PORT: String(port) })
  t.equal(code, 1)
  t.match(output, /cannot listen/)
  t.match(output, /EADDRINUSE/)
})

function isOptional(parse: (text: undefined) => unknown): boolean {
  try {
    parse(undefined)
    return true
  } catch {
    return false
  }
}

async function stackFor(t: Test): Promise<LocalStack> {
  const stack = await startLocalStack({ triggersDir: 'dist/triggers' })
  t.teardown(() => stack.close())
  return stack
}

function env(stack: LocalStack): Record<string, string> {
  return { ...stack.serviceEnv, ...FREE_PORTS }
}
