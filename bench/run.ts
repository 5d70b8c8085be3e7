/**
 * What a sign-in costs, measured against what it could cost at least and what the SDK costs as it
 * comes: `npm run bench`, which builds it. Each contestant is a process of its own; they take
 * turns, round by round, in short rounds and every other one backwards, so that whatever else the machine does
 * falls on all of them.
 *
 * BENCH_ROUNDS (10), BENCH_SECONDS (2, per round), BENCH_LONG_RUN=off leaves the 100,000
 * sign-ins out, and does not pass.
 * BENCH_SLOWED names a module that is preloaded into the service, to see that the verdict can fail:
 * `BENCH_SLOWED=./bench/contestants/busy.mjs npm run bench`.
 */
import { writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { arrivals, type Arrivals } from './arrivals.ts'
import {
  buildContestants,
  inContainerOf,
  startContestant,
  startStubUpstream,
  type Contestant,
} from './contestants.ts'
import { drive } from './load.ts'
import { ALL, NAMES, nothingMeasured, ratio, SHIPPED, type Name } from './measured.ts'
import { reported } from './report.ts'
import { startUps } from './startup.ts'
import { ratiosOf, spreadOf } from './statistics.ts'
import { judge, type Figures } from './verdict.ts'

const ROUNDS = Number(process.env['BENCH_ROUNDS'] || 10)
const SECONDS = Number(process.env['BENCH_SECONDS'] || 2)
const LONG_RUN = process.env['BENCH_LONG_RUN'] !== 'off'
const SLOWED = process.env['BENCH_SLOWED']
const CONNECTIONS = 16
/** Sign-ins: after half as many V8 still compiles what they run. */
const WARM_UP = 40_000
/** Of those who come at a rate; fewer sign-ins than that when the service is slowed on purpose. */
const WARM_UP_SECONDS = 90
const GENTLE_SECONDS = 8
/** By then the service has compiled what can wait for that. */
const STARTED_AFTER_MS = 5_000
/** By then V8 has collected what the start has left (src/launcher/heap.ts). */
const IDLE_AFTER_MS = 10_000

type Driven = Contestant & { arrivals: Arrivals }

const measured = nothingMeasured()

await buildContestants()
const upstream = await startStubUpstream()
const contestants = new Map<Name, Driven>()
for (const name of ALL) {
  const started = await startContestant(name, upstream.url, { preload: SLOWED })
  contestants.set(name, { ...started, arrivals: arrivals(started.url) })
}
const contestant = (name: Name): Driven => {
  const found = contestants.get(name)
  if (found === undefined) throw new Error(`${name} was not started`)
  return found
}

await sleep(STARTED_AFTER_MS)
const { residentMb: startedMb } = await contestant('service').child.usage()
await sleep(IDLE_AFTER_MS)
const { residentMb: idleMb } = await contestant('service').child.usage()
await warmUp()
for (let round = 0; round < ROUNDS; round += 1) {
  const inTurn = round % 2 === 0 ? NAMES : NAMES.toReversed()
  for (const name of inTurn) await measureCpu(name)
  // Of this round: what the machine does else changes from one minute to the next.
  const half = (measured.perSecond.service.at(-1) ?? Number.NaN) / 2
  measured.halves.push(half)
  for (const name of [...inTurn, SHIPPED] as const) await measureLatency(name, half)
}
for (const name of ALL) {
  const { child, arrivals: sent } = contestant(name)
  measured.peakMb[name].push((await child.usage()).peakMb)
  await sent.close()
  await child.stop()
}
const grownMb = LONG_RUN ? await grown() : Number.NaN
await upstream.child.stop()
const starts = await startUps(ROUNDS)

const figures: Figures = {
  cpuOfSdk: ratio(measured.cpuMs, 'service', 'SDK at defaults'),
  cpuOfBare: ratio(measured.cpuMs, 'service', 'bare'),
  p99OfBare: ratio(measured.p99, 'service', 'bare'),
  readyOfNode: spreadOf(ratiosOf(starts.service, starts.node)),
  idleMb,
  grownMb,
}
const broken = judge(figures)
const slowed = SLOWED === undefined ? '' : `, slowed by ${SLOWED}`
const about = `${ROUNDS} rounds of ${SECONDS} s, ${CONNECTIONS} connections${slowed}`
const report = reported({ about, measured, starts, startedMb, idleMb, grownMb, broken })
await writeFile('artifacts/bench/report.txt', report)
process.stdout.write(report)
process.exitCode = broken.length === 0 ? 0 : 1

/** A process that has just begun compiles what it runs; that is no part of what a sign-in costs. */
async function warmUp(): Promise<void> {
  // Of each one's own saturation, as later: a service that is slowed would shed some of more.
  let half = Number.NaN
  for (const name of NAMES) {
    const { url, arrivals: sent } = contestant(name)
    const { signInsPerSecond } = await drive({ url, connections: CONNECTIONS, signIns: WARM_UP })
    await sent.latencies(signInsPerSecond / 2, SECONDS)
    if (name === 'service') half = signInsPerSecond / 2
  }
  const { arrivals: shipped } = contestant(SHIPPED)
  // Cold it would shed some of so many.
  for (const share of [0.2, 0.5]) await shipped.latencies(half * share, GENTLE_SECONDS)
  await shipped.latencies(half, Math.min(WARM_UP / half, WARM_UP_SECONDS))
}

async function measureCpu(name: Name): Promise<void> {
  const { url, child } = contestant(name)
  const before = await child.usage()
  const done = await drive({ url, connections: CONNECTIONS, seconds: SECONDS })
  const after = await child.usage()
  measured.cpuMs[name].push((after.cpuMs - before.cpuMs) / done.signIns)
  measured.perSecond[name].push(done.signInsPerSecond)
  measured.refused[name].push(done.refused)
}

async function measureLatency(name: Name, signInsPerSecond: number): Promise<void> {
  const { arrivals: sent, child } = contestant(name)
  const before = await child.usage()
  const taken = await sent.latencies(signInsPerSecond, SECONDS)
  const after = await child.usage()
  measured.halfCpuMs[name].push((after.cpuMs - before.cpuMs) / taken.signIns)
  measured.refused[name].push(taken.refused)
  measured.p50[name].push(taken.p50)
  measured.p99[name].push(taken.p99)
}

/**
 * How much more memory one process holds, its garbage taken away: in a container, for V8 fills whatever it
 * is given.
 */
async function grown(): Promise<number> {
  const { url, child } = await startContestant('service', upstream.url, {
    nodeOptions: ['--expose-gc', ...inContainerOf(256)],
  })
  await drive({ url, connections: CONNECTIONS, signIns: 10_000 })
  const before = await child.usage()
  await drive({ url, connections: CONNECTIONS, signIns: 90_000 })
  const after = await child.usage()
  await child.stop()
  return after.residentMb - before.residentMb
}
