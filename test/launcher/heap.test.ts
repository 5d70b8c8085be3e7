import { execFile, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { getHeapStatistics } from 'node:v8'
import t from 'tap'
import { heapFlags } from '../../src/launcher/heap.ts'

const run = promisify(execFile)
const MB = 1024 * 1024
const NODE_20 = { v8: '11.3.244.8-node.38', limit: 2048 * MB, uptime: 150 }
const NODE_24 = { ...NODE_20, v8: '13.6.233.17-node.50' }

t.test('the V8 that runs this knows every flag', async (t) => {
  // It says so itself of one that it does not know, and goes on.
  const { atOnce, later } = heapFlags({ ...NODE_20, v8: process.versions.v8 })
  const flags = JSON.stringify([...atOnce, ...later])
  const setAll = `for (const flag of ${flags}) v8.setFlagsFromString(flag)`
  const { stderr } = await run(process.execPath, ['-e', setAll], { env: {} })
  t.equal(stderr, '')
  const setUnknown = 'v8.setFlagsFromString("--no-such-flag=1")'
  const { stderr: complaint } = await run(process.execPath, ['-e', setUnknown])
  t.match(complaint, /unrecognized flag --no-such-flag/)
})

t.test('an older V8 is not told what it does not know', async (t) => {
  t.same(heapFlags(NODE_20), { atOnce: ['--heap-growing-percent=300'], later: [] })
})

t.test('the V8 of Node 24 is told to collect once in quiet times, and to keep code', async (t) => {
  t.same(heapFlags(NODE_24), {
    atOnce: ['--heap-growing-percent=300', '--memory-reducer-gc-count=1'],
    later: ['--no-memory-reducer-favors-memory'],
  })
})

t.test('V8 is not told how far to count when it may have begun', async (t) => {
  const { atOnce } = heapFlags({ ...NODE_24, uptime: 8_000 })
  t.same(atOnce, ['--heap-growing-percent=300'])
})

t.test('a small heap grows in smaller steps', async (t) => {
  t.same(heapFlags({ ...NODE_20, limit: 126 * MB }).atOnce, ['--heap-growing-percent=50'])
})

/** Of a first collection in quiet times, which V8 begins after eight seconds. */
const COLLECTED_MS = 10_000

t.test('the service sets some as it starts, some later', { timeout: 60_000 }, async (t) => {
  // Before the launcher is loaded: writes down what V8 is told, and when.
  const spy = `import v8 from 'node:v8'
    v8.setFlagsFromString = (flag) =>
      process.stderr.write('told V8 ' + performance.now() + ' ' + flag + '\\n')`
  const service = spawn(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(spy)}`, 'dist/server.mjs'],
    {
      env: {
        AWS_REGION: 'eu-west-1',
        COGNITO_USER_POOL_ID: 'eu-west-1_AbCdEf123',
        COGNITO_CLIENT_ID: '4k2example0client',
        AUTHSIGNAL_SECRET: 'none-for-the-test',
        AUTHSIGNAL_URL: 'https://eu.api.authsignal.com/v1',
        SESSION_KEYS: Buffer.alloc(32).toString('base64'),
        HOST: '127.0.0.1',
        PORT: '0',
        ADMIN_PORT: '0',
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  t.teardown(() => service.kill('SIGKILL'))
  const { heap_size_limit: limit } = getHeapStatistics()
  const { atOnce, later } = heapFlags({ v8: process.versions.v8, limit, uptime: 150 })
  const flags = [...atOnce, ...later]
  const told: { flag: string; ms: number }[] = []
  for await (const line of createInterface(service.stderr)) {
    // Others write there too, as the AWS SDK of what it thinks of Node 20.
    const [, ms, flag = ''] = /^told V8 ([\d.]+) (.+)$/.exec(line) ?? []
    if (ms !== undefined) told.push({ flag, ms: Number(ms) })
    if (told.length === flags.length) break
  }
  t.same(
    told.map(({ flag }) => flag),
    flags,
  )
  const begun = told[0]?.ms ?? Number.NaN
  for (const { flag, ms } of told.slice(atOnce.length)) t.ok(ms - begun > COLLECTED_MS, flag)
})
