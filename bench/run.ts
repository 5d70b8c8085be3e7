/**
 * What a sign-in costs, measured against what it could cost at least and what the SDK costs as it
 * comes: `npm run bench`, after `npm run build`. Each contestant is a process of its own; they take
 * turns, round by round, in short rounds and every other one backwards, so that whatever else the machine does
 * falls on all of them.
 *
 * BENCH_ROUNDS (10), BENCH_SECONDS (2, per round), BENCH_LONG_RUN (100000; 0 leaves it out).
 * BENCH_SLOWED names a module that is preloaded into the service, to see that the verdict can fail:
 * `BENCH_SLOWED=./bench/contestants/busy.mjs npm run bench`.
 */
import { writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { arrivals, type Arrivals } from './arrivals.ts'
import {
  buildContestants,
  IN_A_CONTAINER,
  startContestant,
  startStubUpstream,
  type Contestant,
} from './contestants.ts'
import { drive } from './load.ts'
import { startUps } from './startup.ts'
import { ratiosOf, spreadOf, type Spread } from './statistics.ts'
import { judge, type Figures } from './verdict.ts'

const ROUNDS = Number(process.env['BENCH_ROUNDS'] || 10)
const SECONDS = Number(process.env['BENCH_SECONDS'] || 2)
const LONG_RUN = Number(process.env['BENCH_LONG_RUN'] ?? 100_000)
const SLOWED = process.env['BENCH_SLOWED']
const CONNECTIONS = 16
/** Sign-ins: after half as many V8 still compiles what they run. */
const WARM_UP = 40_000
/** Sign-ins a second, which everybody can do. */
const WARM_UP_RATE = 500
/** In turn: the service between those it is compared with. */
const NAMES = ['bare', 'service', 'SDK at defaults', 'SDK, unsigned'] as const
const BASES = ['bare', 'SDK at defaults', 'SDK, unsigned'] as const

type Name = (typeof NAMES)[number]
type Rounds = Record<Name, number[]>
type Driven = Contestant & { arrivals: Arrivals }

const empty = (): Rounds => ({ bare: [], service: [], 'SDK at defaults': [], 'SDK, unsigned': [] })
const measured = { cpuMs: empty(), perSecond: empty(), p50: empty(), p99: empty(), peakMb: empty() }

await buildContestants()
const upstream = await startStubUpstream()
const contestants = new Map<Name, Driven>()
for (const name of NAMES) {
  const started = await startContestant(name, upstream.url, { preload: SLOWED })
  contestants.set(name, { ...started, arrivals: arrivals(started.url) })
}
const contestant = (name: Name): Driven => {
  const found = contestants.get(name)
  if (found === undefined) throw new Error(`${name} was not started`)
  return found
}

const { residentMb: idleMb } = await contestant('service').child.usage()
await warmUp()
const halves: number[] = []
for (let round = 0; round < ROUNDS; round += 1) {
  const inTurn = round % 2 === 0 ? NAMES : NAMES.toReversed()
  for (const name of inTurn) await measureCpu(name)
  // Of this round: what the machine does else changes from one minute to the next.
  const half = (measured.perSecond.service.at(-1) ?? Number.NaN) / 2
  halves.push(half)
  for (const name of inTurn) await measureLatency(name, half)
}
for (const name of NAMES) {
  const { child, arrivals: sent } = contestant(name)
  measured.peakMb[name].push((await child.usage()).peakMb)
  await sent.close()
  await child.stop()
}
const grownMb = LONG_RUN > 0 ? await grown() : Number.NaN
await upstream.child.stop()
const starts = await startUps(ROUNDS)

const figures: Figures = {
  cpuOfSdk: of(measured.cpuMs, 'SDK at defaults'),
  cpuOfBare: of(measured.cpuMs, 'bare'),
  p99OfBare: of(measured.p99, 'bare'),
  readyOfNode: spreadOf(ratiosOf(starts.service, starts.node)),
  idleMb,
  grownMb,
}
const broken = judge(figures)
const report = reported()
await writeFile('artifacts/bench/report.txt', report)
process.stdout.write(report)
process.exitCode = broken.length === 0 ? 0 : 1

/** A process that has just begun compiles what it runs; that is no part of what a sign-in costs. */
async function warmUp(): Promise<void> {
  for (const name of NAMES) {
    const { url, arrivals: sent } = contestant(name)
    await drive({ url, connections: CONNECTIONS, signIns: WARM_UP })
    await sent.latencies(WARM_UP_RATE, SECONDS)
  }
}

async function measureCpu(name: Name): Promise<void> {
  const { url, child } = contestant(name)
  const before = await child.usage()
  const done = await drive({ url, connections: CONNECTIONS, seconds: SECONDS })
  const after = await child.usage()
  measured.cpuMs[name].push((after.cpuMs - before.cpuMs) / done.signIns)
  measured.perSecond[name].push(done.signInsPerSecond)
}

async function measureLatency(name: Name, signInsPerSecond: number): Promise<void> {
  const taken = await contestant(name).arrivals.latencies(signInsPerSecond, SECONDS)
  measured.p50[name].push(taken.p50)
  measured.p99[name].push(taken.p99)
}

/**
 * How much more memory one process holds, its garbage taken away: in a container, for V8 fills whatever it
 * is given.
 */
async function grown(): Promise<number> {
  const { url, child } = await startContestant('service', upstream.url, {
    nodeOptions: ['--expose-gc', ...IN_A_CONTAINER],
  })
  const early = Math.min(10_000, LONG_RUN)
  await drive({ url, connections: CONNECTIONS, signIns: early })
  const before = await child.usage()
  await drive({ url, connections: CONNECTIONS, signIns: Math.max(1, LONG_RUN - early) })
  const after = await child.usage()
  await child.stop()
  return after.residentMb - before.residentMb
}

function of(rounds: Rounds, base: Name): Spread {
  return spreadOf(ratiosOf(rounds.service, rounds[base]))
}

function reported(): string {
  const row = (what: string, rounds: Rounds, digits: number) =>
    [
      what.padEnd(30),
      ...NAMES.map((name) => spreadOf(rounds[name]).median.toFixed(digits).padStart(16)),
      ...BASES.map((base) => shown(of(rounds, base)).padStart(24)),
    ].join('')
  const start = (what: string, taken: readonly number[]) =>
    `${what.padEnd(30)}${spreadOf(taken).median.toFixed(0).padStart(8)} ms ${shown(spreadOf(ratiosOf(taken, starts.node))).padStart(24)}`
  const half = spreadOf(halves).median.toFixed(0)
  return [
    `Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model}), ${ROUNDS} rounds of ${SECONDS} s, ${CONNECTIONS} connections${SLOWED === undefined ? '' : `, slowed by ${SLOWED}`}`,
    '',
    [
      ''.padEnd(30),
      ...NAMES.map((name) => name.padStart(16)),
      ...BASES.map((base) => `of ${base}`.padStart(24)),
    ].join(''),
    row('CPU ms per sign-in', measured.cpuMs, 3),
    row('sign-ins/s at saturation', measured.perSecond, 0),
    row(`p50 ms at ${half}/s`, measured.p50, 2),
    row(`p99 ms at ${half}/s`, measured.p99, 2),
    row('peak resident MB', measured.peakMb, 0),
    '',
    `${'until ready'.padEnd(30)}                      of node -e 0`,
    start('node -e 0', starts.node),
    start('service', starts.service),
    start('service, not bundled', starts.unbundled),
    '',
    `idle: ${idleMb.toFixed(0)} MB resident`,
    `after ${LONG_RUN} sign-ins: ${grownMb.toFixed(1)} MB more than after 10000`,
    '',
    ...(broken.length === 0 ? ['PASS'] : ['FAIL', ...broken]),
    '',
  ].join('\n')
}

function shown({ median, least, most }: Spread): string {
  return `${median.toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)})`
}
