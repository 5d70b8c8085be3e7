import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { startLocalStack, type LocalStack, type LocalStackOptions } from '../local/local-stack.ts'
import { VARIABLES } from '../src/config-variables.ts'
import { freePort } from '../scripts/free-port.ts'
import { FREE_PORTS, runToEnd, startService } from './support/service-process.ts'
import { post } from './support/stack.ts'

const EMAIL = 'ada@example.com'

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
  const ready = async () => (await fetch(`${admin}/health/ready`)).json()
  const upstreams = { cognito: 'unknown', authsignal: 'unknown' }
  t.strictSame(await ready(), { status: 'ready', upstreams })
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
    const fault = { kind: 'delay', ms: 4_000 } as const
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

t.test('stopped under load, it answers every request it has taken, and ends with 0', async (t) => {
  const stack = await stackFor(t)
  const { url, child, output } = await startService(t, env(stack))
  // Known already: all that is left is one call each.
  await post(`${url}/start-sign-in`, { email: EMAIL })
  stack.cognito.calls.length = 0
  const fault = { kind: 'delay', ms: 1_000, when: 'after' } as const
  stack.cognito.faults.add({ operation: 'InitiateAuth', fault })
  const body = { email: EMAIL }
  const inFlight = Array.from({ length: 40 }, () => post(`${url}/start-sign-in`, body))
  while (stack.cognito.calls.length < inFlight.length) await sleep(10)
  const stopped = once(child, 'exit')
  child.kill('SIGTERM')
  const statuses = (await Promise.all(inFlight)).map(({ status }) => status)
  t.strictSame(new Set(statuses), new Set([200]))
  t.strictSame(await stopped, [0, null])
  t.match(output(), /"msg":"stopped"/)
})

t.test('for the delay it serves on, though it is not ready', async (t) => {
  const stack = await stackFor(t)
  const variables = { ...env(stack), SHUTDOWN_DELAY_MS: '2000' }
  const { url, admin, child, output } = await startService(t, variables)
  const stopped = once(child, 'exit')
  child.kill('SIGTERM')
  while (!output().includes('"msg":"stopping"')) await sleep(10)
  const ready = await fetch(`${admin}/health/ready`)
  t.equal(ready.status, 503)
  t.match(await ready.json(), { status: 'not_ready', upstreams: {} })
  t.equal((await post(`${url}/start-sign-in`, {})).status, 400)
  t.strictSame(await stopped, [0, null])
})

t.test('told twice, it does not wait for what is in flight, and ends with 1', async (t) => {
  const { stopped, child, output } = await stopWhileHanging(t)
  child.kill('SIGINT')
  t.strictSame(await stopped, [1, null])
  t.match(output(), /told to stop again/)
})

t.test('what is in flight for too long is given up, and it ends with 1', async (t) => {
  const { stopped, output } = await stopWhileHanging(t)
  t.strictSame(await stopped, [1, null])
  t.match(output(), /still in flight/)
})

t.test('connections that nobody is served on do not hold up its end', async (t) => {
  const variables = { ...env(await stackFor(t)), HOST: '127.0.0.1', AUDIT_LOG: 'off' }
  const { url, admin, child, output } = await startService(t, variables)
  t.match(output(), /AUDIT_LOG is off/, 'and it says that it writes no audit')
  for (const { port } of [new URL(url), new URL(admin)]) {
    for (const bytes of ['', 'GET / HTTP/1.1\r\nhost: x\r\n']) {
      const socket = connect(Number(port), '127.0.0.1', () => socket.write(bytes))
      t.teardown(() => socket.destroy())
      await once(socket.on('error', () => {}).resume(), 'connect')
    }
  }
  const stopped = once(child, 'exit')
  child.kill('SIGTERM')
  t.strictSame(await stopped, [0, null])
})

t.test('the admin listener can have an address of its own', async (t) => {
  // TEST-NET-1 (RFC 5737): no machine has it.
  const variables = { ...env(await stackFor(t)), ADMIN_HOST: '192.0.2.1' }
  const { code, output } = await runToEnd(variables)
  t.equal(code, 1)
  t.match(output, /EADDRNOTAVAIL/)
})

t.test(
  'it starts while its upstreams are away, says so, and serves when they are back',
  async (t) => {
    // Which nobody is given while nobody listens there.
    const [cognito, authsignal, idTokens] = [await freePort(), await freePort(), await freePort()]
    const ports = { cognito, authsignal, idTokens }
    const stack = await stackFor(t, { host: '127.0.0.1', ports })
    const back = [await stack.cognito.refuse(), await stack.authsignal.refuse()]
    const { url, admin } = await startService(t, env(stack))
    const statuses = async () => {
      const { status, upstreams } = (await (await fetch(`${admin}/health/ready`)).json()) as {
        status: string
        upstreams: object
      }
      return { status, ...upstreams }
    }
    const start = () => post(`${url}/start-sign-in`, { email: EMAIL })
    const unknown = { status: 'ready', cognito: 'unknown', authsignal: 'unknown' }
    t.strictSame(await statuses(), unknown)
    for (let time = 0; time < 10; time++) {
      t.match(await start(), {
        status: 503,
        body: { code: 'upstream_unavailable', retryAfter: Number },
      })
    }
    t.strictSame(await statuses(), { ...unknown, cognito: 'down' }, 'and is ready all the same')
    for (const listen of back) await listen()
    while ((await start()).status !== 200) await sleep(50)
    t.match(await statuses(), { status: 'ready', cognito: 'up' })
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

/** A service that has been told to stop while a request hangs. */
async function stopWhileHanging(t: Test) {
  const stack = await stackFor(t)
  const { url, child, output } = await startService(t, env(stack))
  stack.cognito.faults.add({ operation: 'InitiateAuth', fault: { kind: 'hang' } })
  const lost = post(`${url}/start-sign-in`, { email: EMAIL })
  lost.catch(() => {})
  while (stack.cognito.calls.length === 0) await sleep(10)
  const stopped = once(child, 'exit')
  child.kill('SIGTERM')
  while (!output().includes('"msg":"stopping"')) await sleep(10)
  return { stopped, child, output }
}

function isOptional(parse: (text: undefined) => unknown): boolean {
  try {
    parse(undefined)
    return true
  } catch {
    return false
  }
}

async function stackFor(
  t: Test,
  options: Pick<LocalStackOptions, 'host' | 'ports'> = {},
): Promise<LocalStack> {
  const stack = await startLocalStack({ triggersDir: 'dist/triggers', ...options })
  t.teardown(() => stack.close())
  return stack
}

/** Without the limit on one person, who signs in all the time here. */
function env(stack: LocalStack): Record<string, string> {
  return { ...stack.serviceEnv, ...FREE_PORTS, RATE_LIMIT_IDENTIFIER: 'off' }
}
