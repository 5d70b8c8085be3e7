import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'
import { BASES, NAMES, ratio, SHIPPED, type Measured, type Name, type Rounds } from './measured.ts'
import type { StartUp } from './startup.ts'
import { ratiosOf, spreadOf, type Spread } from './statistics.ts'

export interface Run {
  /** How it was run. */
  about: string
  measured: Measured
  starts: StartUp
  /** Before and after V8 has collected what the start has left. */
  startedMb: number
  idleMb: number
  /** NaN where that was left out. */
  grownMb: number
  /** The bounds that are broken. */
  broken: readonly string[]
}

/** One table for all that was measured, and the verdict. */
export function reported({
  about,
  measured,
  starts,
  startedMb,
  idleMb,
  grownMb,
  broken,
}: Run): string {
  const refused = (name: Name) =>
    String(measured.refused[name].reduce((all, some) => all + some, 0))
  const half = spreadOf(measured.halves).median.toFixed(0)
  return [
    `${revision()}, Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model}), ${about}`,
    '',
    line('', NAMES, 16) + BASES.map((base) => `of ${base}`.padStart(24)).join(''),
    row('CPU ms per sign-in', measured.cpuMs, 3),
    row('sign-ins/s at saturation', measured.perSecond, 0),
    row(`p50 ms at ${half}/s`, measured.p50, 2),
    row(`p99 ms at ${half}/s`, measured.p99, 2),
    row(`CPU ms at ${half}/s`, measured.halfCpuMs, 3),
    row('peak resident MB', measured.peakMb, 0),
    line('requests refused', NAMES.map(refused), 16),
    '',
    line(SHIPPED, [`at ${half}/s`], 16) + 'of service'.padStart(24),
    shippedRow('CPU ms', measured.halfCpuMs, 3),
    shippedRow('peak resident MB', measured.peakMb, 0),
    line('requests refused', [refused(SHIPPED)], 16),
    '',
    line('until ready', [''], 16) + 'of node -e 0'.padStart(24),
    startRow('node -e 0', starts.node, starts),
    startRow('service', starts.service, starts),
    startRow('service, not bundled', starts.unbundled, starts),
    '',
    `idle: ${idleMb.toFixed(0)} MB resident, ${startedMb.toFixed(0)} MB until the first quiet collection`,
    `after 100,000 sign-ins: ${grownMb.toFixed(1)} MB more than after 10,000`,
    '',
    ...(broken.length === 0 ? ['PASS'] : ['FAIL', ...broken]),
    '',
  ].join('\n')
}

/** What was measured, for whoever reads the report later. */
function revision(): string {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim()
  } catch {
    return 'no git'
  }
}

function row(what: string, rounds: Rounds, digits: number): string {
  const medians = NAMES.map((name) => spreadOf(rounds[name]).median.toFixed(digits))
  const ratios = BASES.map((base) => shown(ratio(rounds, 'service', base)).padStart(24))
  return line(what, medians, 16) + ratios.join('')
}

function shippedRow(what: string, rounds: Rounds, digits: number): string {
  const median = spreadOf(rounds[SHIPPED]).median.toFixed(digits)
  return line(what, [median], 16) + shown(ratio(rounds, SHIPPED, 'service')).padStart(24)
}

function startRow(what: string, taken: readonly number[], { node }: StartUp): string {
  const median = `${spreadOf(taken).median.toFixed(0)} ms`
  return line(what, [median], 16) + shown(spreadOf(ratiosOf(taken, node))).padStart(24)
}

function line(what: string, cells: readonly string[], width: number): string {
  return what.padEnd(30) + cells.map((cell) => cell.padStart(width)).join('')
}

function shown({ median, least, most }: Spread): string {
  return `${median.toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)})`
}
