import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { VARIABLES } from '../../src/config-variables.ts'
import {
  createContainer,
  IMAGE,
  missingImage,
  runAsItsUser,
  runLockedDown,
  type Container,
} from './container.ts'
import { digestsOf, layersOf } from './layers.ts'
import { startService } from './service.ts'

const STOPS_WITHIN_MS = 4_000
const MOST_ADDED_MB = 12

interface Bom {
  metadata: { component: { version: string } }
  components: { purl: string }[]
}
const { version }: { version: string } = JSON.parse(await readFile('package.json', 'utf8'))

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
  // Source maps are apart: reading one takes more memory than a small container has.
  const built = (await readdir('dist')).filter((name) => /\.(mjs|cjs|cache)$/.test(name))
  for (const name of ['server.mjs', 'server.cjs', 'server.cache', 'doctor.mjs']) {
    t.ok(built.includes(name), name)
  }
  const about = ['LICENSE', 'dist/sbom.cdx.json', 'dist/THIRD-PARTY-NOTICES.txt']
  t.strictSame(
    files.toSorted(),
    ['dist', ...about, ...built.map((name) => `dist/${name}`)].toSorted(),
  )
  for (const file of files) {
    const { uid, mode } = await stat(join(app, file))
    t.equal(uid, 0, `${file} belongs to root`)
    t.equal(mode & 0o022, 0, `${file} can be written by nobody else`)
  }
})

t.test('what V8 made of the code is taken as the image runs it', { skip }, async (t) => {
  const container = await newContainer(t)
  const look = `
    const [code, cache] = ['cjs', 'cache'].map((end) => fs.readFileSync('dist/server.' + end))
    const cachedData = cache.subarray(0, -4)
    const { cachedDataRejected } = new vm.Script(code.toString('latin1'), { cachedData })
    console.log(cachedDataRejected)`
  const running = runAsItsUser(container, {}, ['node', '-e', look])
  t.equal(await running.exited, 0)
  t.equal(running.output().trim(), 'false')
})

t.test('says what is in it: neither stand-ins nor build tools', { skip }, async (t) => {
  const { root, config } = await newContainer(t)
  const file = config.Labels['cognito-authsignal-bff.sbom']
  t.ok(file, 'a label says where')
  const bom: Bom = JSON.parse(await readFile(join(root, file!), 'utf8'))
  t.equal(bom.metadata.component.version, config.Labels['org.opencontainers.image.version'])
  const names = bom.components.map(({ purl }) => decodeURIComponent(purl))
  t.ok(names.some((name) => name.startsWith('pkg:npm/fastify@')))
  t.strictSame(
    names.filter((name) =>
      /\/(playwright.*|tap|esbuild|tsx|@authsignal\/browser|pino-pretty)@/.test(name),
    ),
    [],
  )
  const code = await readFile(join(root, config.WorkingDir, 'dist/server.cjs'), 'utf8')
  t.notOk(/startLocal|\/local\/messages/.test(code))
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
  const label = (name: string) => config.Labels[`org.opencontainers.image.${name}`]
  t.equal(label('title'), 'cognito-authsignal-bff')
  t.ok(label('description'))
  t.equal(label('licenses'), 'Apache-2.0')
  t.equal(label('version'), version)
  t.match(label('revision'), /^[0-9a-f]{40}$|^unknown$/)
  t.equal(label('base.name'), 'docker.io/library/node:24-slim')
  t.equal(config.User, '1000:1000', 'a number: Kubernetes cannot tell whether a name is root')
})

t.test('adds at most 12 MB to its base', { skip }, async (t) => {
  const { config } = await newContainer(t)
  const base = await digestsOf(config.Labels['org.opencontainers.image.base.name']!)
  const layers = await layersOf(IMAGE, t.testdir())
  t.strictSame(
    layers.slice(0, base.length).map(({ digest }) => digest),
    base,
    'it lies on the base that it names',
  )
  const mb = (some: typeof layers) => some.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6
  const added = layers.slice(base.length)
  t.comment(`${mb(layers.slice(0, base.length)).toFixed(1)} MB and ${mb(added).toFixed(1)} MB more`)
  t.ok(added.length > 0)
  t.ok(mb(added) <= MOST_ADDED_MB, `${mb(added).toFixed(1)} MB`)
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
    const writable = ['.', 'dist', 'dist/server.cjs'].filter((path) => {
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
    upstream.delayMs = 3_000
    const inFlight = post('/start-sign-in', { email: 'ada@example.com' })
    while (upstream.calls === 0) await sleep(10)

    const toldAt = Date.now()
    process.kill(await running.pid(), 'SIGTERM')
    const ready = async () => (await fetch(`${admin}/health/ready`)).status
    let status = await ready()
    while (status === 200) status = await ready()
    t.equal(status, 503, 'no new traffic, please')
    const answer = await inFlight
    t.equal(answer.status, 200)
    t.match(await answer.json(), { session: String, token: 'a.b.c' })
    t.equal(await running.exited, 0)
    t.ok(
      Date.now() - toldAt < upstream.delayMs + STOPS_WITHIN_MS,
      'ends as soon as it has answered',
    )
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
