import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { VARIABLES } from '../../src/config-variables.ts'
import { ENVIRONMENT } from '../support/config.ts'
import { freePort } from '../support/free-port.ts'
import {
  createContainer,
  missingImage,
  runAsItsUser,
  runLockedDown,
  untilOk,
  type Container,
  type Running,
} from './container.ts'
import { startUpstream, type Upstream } from './upstream.ts'

const STOPS_WITHIN_MS = 2_000

type Run = typeof runAsItsUser | typeof runLockedDown

interface Service {
  container: Container
  running: Running
  env: Record<string, string>
  upstream: Upstream
  admin: string
  post: (path: string, body: object) => Promise<Response>
}

/** The image at work, against a stub of Cognito on this machine's network. */
async function startService(t: Test, run: Run): Promise<Service> {
  const container = await createContainer()
  t.teardown(() => container.remove())
  const upstream = await startUpstream(ENVIRONMENT['COGNITO_CLIENT_ID']!)
  t.teardown(() => upstream.close())
  const ports = { PORT: await freePort(), ADMIN_PORT: await freePort() }
  const env = {
    ...ENVIRONMENT,
    PORT: String(ports.PORT),
    ADMIN_PORT: String(ports.ADMIN_PORT),
    COGNITO_ENDPOINT: upstream.url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    START_SIGN_IN_FLOOR_MS: '0',
  }
  const running = run(container, env)
  // tap tears down in reverse: the process goes before its files do.
  t.teardown(() => running.kill())
  const admin = `http://127.0.0.1:${ports.ADMIN_PORT}`
  await untilOk(`${admin}/health/ready`, running)
  return {
    container,
    running,
    env,
    upstream,
    admin,
    post: (path, body) =>
      fetch(`http://127.0.0.1:${ports.PORT}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
  }
}

async function newContainer(t: Test): Promise<Container> {
  const container = await createContainer()
  t.teardown(() => container.remove())
  return container
}

const skip = (await missingImage()) ?? false

t.test('holds the service and nothing else', { skip }, async (t) => {
  const { root, config } = await newContainer(t)
  const app = join(root, config.WorkingDir)
  const files = await readdir(app, { recursive: true })
  t.strictSame(files.toSorted(), [
    'dist',
    'dist/doctor.mjs',
    'dist/server.mjs',
    'dist/server.mjs.map',
  ])
  for (const file of files) {
    const { uid, mode } = await stat(join(app, file))
    t.equal(uid, 0, `${file} belongs to root`)
    t.equal(mode & 0o022, 0, `${file} can be written by nobody else`)
  }
})

t.test('was bundled without the stand-ins and without build tools', { skip }, async (t) => {
  const { root, config } = await newContainer(t)
  const map: { sources: string[] } = JSON.parse(
    await readFile(join(root, config.WorkingDir, 'dist/server.mjs.map'), 'utf8'),
  )
  const ours = map.sources.filter((source) => !source.includes('node_modules'))
  t.ok(ours.length > 0)
  t.strictSame(
    ours.filter((source) => !source.startsWith('../src/')),
    [],
  )
  const packages = /node_modules\/(playwright|tap|esbuild|tsx|@authsignal\/browser|pino-pretty)/
  t.strictSame(
    map.sources.filter((source) => packages.test(source)),
    [],
  )
})

t.test('carries no configuration, and says what it is', { skip }, async (t) => {
  const { config } = await newContainer(t)
  const names = config.Env.map((entry) => entry.split('=')[0]!)
  t.strictSame(
    names.filter((name) => name in VARIABLES || name.startsWith('AWS_')),
    [],
  )
  t.ok(config.Env.includes('NODE_ENV=production'))
  t.strictSame(Object.keys(config.ExposedPorts).toSorted(), ['3000/tcp', '9464/tcp'])
  t.equal(config.Labels['org.opencontainers.image.licenses'], 'Apache-2.0')
  t.ok(config.Labels['org.opencontainers.image.version'])
})

t.test('does not start unconfigured, and names every missing variable', { skip }, async (t) => {
  const running = runAsItsUser(await newContainer(t), {})
  t.not(await running.exited, 0)
  const required = Object.entries(VARIABLES).filter(([, variable]) => isRequired(variable))
  t.ok(required.length > 0)
  for (const [name] of required) t.match(running.output(), `${name}: is required`)
})

t.test('has the doctor, which says what it would need', { skip }, async (t) => {
  const running = runAsItsUser(await newContainer(t), {}, ['node', 'dist/doctor.mjs'])
  t.equal(await running.exited, 2)
  t.match(running.output(), /^The configuration is not usable:/m)
  t.match(running.output(), /COGNITO_USER_POOL_ID: is required/)
})

function isRequired({
  parse,
  default: fallback,
}: (typeof VARIABLES)[keyof typeof VARIABLES] & {
  default?: string
}): boolean {
  try {
    parse(fallback)
    return false
  } catch {
    return true
  }
}

t.test('runs as a user who is not root and may change nothing', { skip }, async (t) => {
  const container = await newContainer(t)
  const script = `
    const { accessSync, constants } = require('node:fs')
    const writable = ['.', 'dist', 'dist/server.mjs'].filter((path) => {
      try { accessSync(path, constants.W_OK); return true } catch { return false }
    })
    console.log(JSON.stringify({ uid: process.getuid(), gid: process.getgid(), writable }))`
  const running = runAsItsUser(container, {}, ['node', '-e', script])
  t.equal(await running.exited, 0)
  t.strictSame(JSON.parse(running.output()), { uid: 1000, gid: 1000, writable: [] })
})

for (const [how, run] of [
  ['as its own user', runAsItsUser],
  ['read-only, as any user, without capabilities', runLockedDown],
] as const) {
  t.test(`${how}: is healthy, refuses a bad body and signs in`, { skip }, async (t) => {
    const { admin, post } = await startService(t, run)
    t.equal((await fetch(`${admin}/health/live`)).status, 200)
    t.equal((await fetch(`${admin}/health/ready`)).status, 200)

    const refused = await post('/start-sign-in', { email: 12 })
    t.equal(refused.status, 400)
    t.match(refused.headers.get('content-type'), /^application\/problem\+json/)
    t.match(await refused.json(), { status: 400, code: 'invalid_request' })

    const started = await post('/start-sign-in', { email: 'ada@example.com' })
    t.equal(started.status, 200)
    const { session } = (await started.json()) as { session: string }
    const finished = await post('/finish-sign-in', { session, token: 'any' })
    t.equal(finished.status, 200)
    t.match(await finished.json(), { tokenType: 'Bearer', expiresIn: 3600 })
  })

  t.test(`${how}: finishes the request in flight when told to stop`, { skip }, async (t) => {
    const { admin, post, running, upstream } = await startService(t, run)
    upstream.delayMs = 500
    const inFlight = post('/start-sign-in', { email: 'ada@example.com' })
    while (upstream.calls === 0) await sleep(10)

    const toldAt = Date.now()
    process.kill(await running.pid(), 'SIGTERM')
    await sleep(100)
    t.equal((await fetch(`${admin}/health/ready`)).status, 503, 'no new traffic, please')
    const answer = await inFlight
    t.equal(answer.status, 200)
    t.match(await answer.json(), { session: String, token: 'a.b.c' })
    t.equal(await running.exited, 0)
    t.ok(Date.now() - toldAt < STOPS_WITHIN_MS, 'ends as soon as it has answered')
  })
}

t.test('its health check tells a live service from a dead one', { skip }, async (t) => {
  const { container, running, env } = await startService(t, runAsItsUser)
  const [kind, ...command] = container.config.Healthcheck?.Test ?? []
  if (kind === undefined) {
    t.pass('has a health check', { skip: 'only images in docker format can' })
    return
  }
  t.equal(kind, 'CMD')
  t.equal(await runAsItsUser(container, env, command).exited, 0)
  await running.kill()
  t.not(await runAsItsUser(container, env, command).exited, 0)
})
