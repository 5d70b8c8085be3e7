import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { awsFault, type Fault } from '../../local/index.ts'
import { startLocalStack, type LocalStack } from '../../local/local-stack.ts'
import { WITHOUT_LIMITS } from '../support/config.ts'
import { FREE_PORTS, startService } from '../support/service-process.ts'
import { tableOf, visitors } from './visitors.ts'

/** `SOAK_SECONDS=1800 npm run test:load` is the long one. */
const SECONDS = Number(process.env['SOAK_SECONDS'] ?? 60)
const VISITORS = Number(process.env['SOAK_VISITORS'] ?? 8)
const SAMPLE_MS = 500
/** What the least memory of the last quarter may be above that of the second. */
const MAY_GROW_MB = 10
const WINDOWS = 4
/** So little that what is lost would end the process: V8 lets garbage lie while there is room. */
const HEAP_LIMIT_MB = 192
/** Until then memory grows as it should: answers are kept for repetitions while sessions live. */
const FILLED_UP_SECONDS = 600
/** Connections that are kept for the next call come and go. */
const MORE_FILES = 10

/** What befalls an upstream for some calls, one after the other. */
const FAULTS: { upstream: 'cognito' | 'authsignal'; fault: Fault }[] = [
  { upstream: 'cognito', fault: { kind: 'reset' } },
  { upstream: 'cognito', fault: { kind: 'truncate' } },
  { upstream: 'cognito', fault: { kind: 'hang' } },
  { upstream: 'cognito', fault: { kind: 'delay', ms: 400 } },
  { upstream: 'cognito', fault: awsFault('TooManyRequestsException', 'Rate exceeded') },
  { upstream: 'cognito', fault: awsFault('InternalErrorException', 'no') },
  { upstream: 'authsignal', fault: { kind: 'reset' } },
  { upstream: 'authsignal', fault: { kind: 'delay', ms: 400 } },
  { upstream: 'authsignal', fault: { kind: 'answer', status: 500, body: '{}' } },
  { upstream: 'authsignal', fault: { kind: 'answer', status: 200, body: '<html>' } },
]

async function trouble(local: LocalStack, isOver: () => boolean): Promise<void> {
  for (let round = 0; !isOver(); round += 1) {
    const { upstream, fault } = FAULTS[round % FAULTS.length]!
    local[upstream].faults.add({ operation: '*', fault, times: 5 })
    await sleep(1_000)
    local[upstream].faults.clear()
    await sleep(2_000)
  }
}

/** Of the process, as the operating system and its own metrics see it. */
async function sample(admin: string, pid: number) {
  const metrics = await (await fetch(`${admin}/metrics`)).text()
  const gauge = (name: string) =>
    Number(new RegExp(`^${name}(?:{[^}]*})? (\\S+)$`, 'm').exec(metrics)?.[1] ?? Number.NaN)
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return {
    heapMb: gauge('bff_nodejs_heap_size_used_bytes') / 2 ** 20,
    rssMb: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024,
    files: (await readdir(`/proc/${pid}/fd`)).length,
  }
}
type Sample = Awaited<ReturnType<typeof sample>>

const least = (samples: Sample[], of: (one: Sample) => number) => Math.min(...samples.map(of))

t.test(
  `a service stays as it is for ${SECONDS} s of mixed load and faults`,
  {
    timeout: (SECONDS + 120) * 1_000,
    skip: process.platform === 'linux' ? false : 'reads /proc, which only Linux has',
  },
  async (t) => {
    const local = await startLocalStack({ triggersDir: 'dist/triggers' })
    t.teardown(() => local.close())
    const service = await startService(t, {
      ...local.serviceEnv,
      ...FREE_PORTS,
      ...WITHOUT_LIMITS,
      UPSTREAM_TIMEOUT_MS: '1500',
      NODE_OPTIONS: `--max-old-space-size=${HEAP_LIMIT_MB}`,
    })
    const pid = service.child.pid!
    const all = visitors({
      local,
      instances: () => [service.url],
      mayFailWith: () => [502, 503, 504],
    })
    let isOver = false
    const troubled = trouble(local, () => isOver)
    all.come(VISITORS)
    const samples: Sample[] = []
    const end = Date.now() + SECONDS * 1_000
    while (Date.now() < end) {
      await sleep(SAMPLE_MS)
      samples.push(await sample(service.admin, pid))
    }
    isOver = true
    await troubled
    local.cognito.faults.clear()
    local.authsignal.faults.clear()
    await all.leave()

    const size = Math.ceil(samples.length / WINDOWS)
    const windows = Array.from({ length: WINDOWS }, (_value, i) =>
      samples.slice(i * size, (i + 1) * size),
    )
    t.comment(tableOf(all.report))
    for (const [i, some] of windows.entries()) {
      const heap = least(some, ({ heapMb }) => heapMb).toFixed(1)
      const rss = Math.max(...some.map(({ rssMb }) => rssMb)).toFixed(0)
      const files = Math.max(...some.map((one) => one.files))
      t.comment(`quarter ${i + 1}: heap at least ${heap} MB, rss at most ${rss} MB, ${files} files`)
    }
    t.ok(all.report.signIns > 0, 'people signed in')
    t.strictSame(all.report.broken, [], 'no promise was broken')
    const grown =
      least(windows[3]!, ({ heapMb }) => heapMb) - least(windows[1]!, ({ heapMb }) => heapMb)
    if (SECONDS >= FILLED_UP_SECONDS) {
      t.ok(grown < MAY_GROW_MB, `memory is flat: ${grown.toFixed(1)} MB`)
    }
    const used = least(windows[3]!, ({ heapMb }) => heapMb)
    t.ok(used < HEAP_LIMIT_MB, `what is kept has room: ${used.toFixed(1)} MB`)

    const mostFiles = windows.map((some) => Math.max(...some.map(({ files }) => files)))
    t.ok(mostFiles[3]! <= mostFiles[1]! + MORE_FILES, `no socket is lost: ${mostFiles.join(', ')}`)
    t.notMatch(service.output(), /unhandled|uncaught|"level":"(error|fatal)"/i)
    service.child.kill('SIGTERM')
    t.strictSame(await once(service.child, 'exit'), [0, null], 'nothing keeps it from stopping')
  },
)
