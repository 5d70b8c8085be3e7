import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import autocannon from 'autocannon'
import t, { type Test } from 'tap'
import { drive } from '../../bench/load.ts'
import { WITHOUT_LIMITS } from '../support/config.ts'
import { createContainer, missingImage, runLockedDown, untilOk } from './container.ts'
import { startService } from './service.ts'

const CONTAINER_MB = 128
/**
 * What a kernel cannot take back where there is no swap, so that it has to end the process. The rest
 * is for sockets and for the pages of node's code in use, which it can read again.
 */
const LEFT_FOR_THE_KERNEL_MB = 16
const SAMPLE_MS = 100

const skip = (await missingImage()) ?? false

/** What the process has most of its own so far, and altogether. */
async function watchMemory(t: Test, pid: number) {
  const peak = { ownMb: 0, residentMb: 0 }
  const look = async () => {
    const status = await readFile(`/proc/${pid}/status`, 'utf8')
    const mb = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1])
    peak.ownMb = Math.max(peak.ownMb, mb('RssAnon') / 1024)
    peak.residentMb = mb('VmHWM') / 1024
  }
  await look()
  const timer = setInterval(() => void look().catch(() => {}), SAMPLE_MS)
  t.teardown(() => clearInterval(timer))
  return {
    say: (when: string) =>
      t.comment(
        `${when}: ${peak.ownMb.toFixed(0)} MB of its own, ${peak.residentMb.toFixed(0)} MB resident`,
      ),
    mostOwnMb: () => peak.ownMb,
  }
}

/** Many who start at once, and again as soon as they are answered. */
function storm(url: string): Promise<autocannon.Result> {
  return autocannon({
    url: `${url}/start-sign-in`,
    method: 'POST',
    connections: 1_000,
    duration: 5,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'ada@example.com' }),
  })
}

t.test('fits into 128 MB, through 2,500 sign-ins and two storms', { skip }, async (t) => {
  const { running, upstream, admin, url, post } = await startService(t, runLockedDown, {
    ...WITHOUT_LIMITS,
    // As it comes: half a second in which a hundred starts are kept.
    START_SIGN_IN_FLOOR_MS: '500',
  })
  const pid = await running.pid()
  const memory = await watchMemory(t, pid)
  memory.say('idle')

  // Cold it would shed some of so many.
  for (const rate of [50, 150]) await drive({ url, connections: 20, signIns: rate * 2, rate })
  // It throws unless everybody signs in.
  await drive({ url, connections: 120, signIns: 2_500, rate: 400 })
  memory.say('after 2,500 sign-ins')

  const stormy = await storm(url)
  memory.say('after a storm of starts')
  upstream.delayMs = 2_000
  await storm(url)
  upstream.delayMs = 0
  memory.say('after another one while Cognito hangs')
  t.ok(stormy.non2xx > 0, 'there were more than it could take')
  t.strictSame(
    Object.keys(stormy.statusCodeStats ?? {}).filter((status) => !['200', '503'].includes(status)),
    [],
  )

  t.ok(memory.mostOwnMb() > 0)
  t.ok(memory.mostOwnMb() <= CONTAINER_MB - LEFT_FOR_THE_KERNEL_MB, `${memory.mostOwnMb()} MB`)
  await untilOk(`${admin}/health/ready`, running)
  t.equal(await running.pid(), pid, 'is still the same process')
  let started = await post('/start-sign-in', { email: 'ada@example.com' })
  for (let i = 0; i < 100 && started.status === 503; i += 1) {
    await sleep(100)
    started = await post('/start-sign-in', { email: 'ada@example.com' })
  }
  t.equal(started.status, 200, 'serves again')
})

for (const [memoryMb, least, most] of [
  [128, 65, 80],
  [1024, 400, 500],
] as const) {
  t.test(`gives V8 its share of ${memoryMb} MB`, { skip }, async (t) => {
    const container = await createContainer()
    t.teardown(() => container.remove())
    const limit = 'v8.getHeapStatistics().heap_size_limit / 2 ** 20'
    const running = runLockedDown(container, {}, ['node', '-p', limit], memoryMb)
    t.equal(await running.exited, 0)
    const heapMb = Number(running.output())
    t.ok(heapMb >= least && heapMb <= most, `${heapMb} MB`)
  })

  t.test(`lets an operator give V8 another one of ${memoryMb} MB`, { skip }, async (t) => {
    const container = await createContainer()
    t.teardown(() => container.remove())
    const env = { NODE_OPTIONS: '--max-old-space-size=77 --max-semi-space-size=1' }
    const limit = 'v8.getHeapStatistics().heap_size_limit / 2 ** 20'
    const running = runLockedDown(container, env, ['node', '-p', limit], memoryMb)
    t.equal(await running.exited, 0)
    t.equal(Number(running.output()), 80)
  })
}
