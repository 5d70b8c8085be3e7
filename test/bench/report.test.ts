import t from 'tap'
import { nothingMeasured, SHIPPED, type Measured } from '../../bench/measured.ts'
import { reported, type Run } from '../../bench/report.ts'

const measured = (): Measured => {
  const rounds = nothingMeasured()
  rounds.halves.push(500, 510, 490)
  for (const [round, slowness] of [1, 2, 4].entries()) {
    rounds.cpuMs.bare[round] = 0.4
    rounds.cpuMs.service[round] = 0.4 * slowness
    rounds.halfCpuMs.service[round] = 1
    rounds.halfCpuMs[SHIPPED][round] = 1.25
    rounds.refused.service[round] = slowness
  }
  return rounds
}

const run = (): Run => ({
  about: '3 rounds',
  measured: measured(),
  starts: { node: [40, 40, 40], service: [160, 200, 180], unbundled: [800, 800, 800] },
  startedMb: 97.5,
  idleMb: 84.6,
  grownMb: 2.51,
  broken: [],
})

const rowOf = (report: string, what: string) =>
  report.split('\n').find((line) => line.startsWith(what)) ?? `no row for ${what}`

t.test('each figure is the median, each ratio has its spread', async (t) => {
  const report = reported(run())
  t.match(rowOf(report, 'CPU ms per sign-in'), /0\.400 +0\.800 .* 2\.00 \(1\.00 to 4\.00\)/)
  t.match(rowOf(report, 'p99 ms'), /^p99 ms at 500\/s/)
  t.match(rowOf(report, 'CPU ms  '), /1\.250 +1\.25 \(1\.25 to 1\.25\)/)
  t.match(rowOf(report, 'service  '), /180 ms +4\.50 \(4\.00 to 5\.00\)/)
  t.match(report, /^idle: 85 MB resident, 98 MB until the first quiet collection$/m)
  t.match(report, /: 2\.5 MB more than after 10,000$/m)
})

t.test('says how many requests were refused in all', async (t) => {
  t.match(rowOf(reported(run()), 'requests refused'), /^requests refused +0 +7 +0 +0$/)
})

t.test('ends with the verdict', async (t) => {
  t.ok(reported(run()).endsWith('\nPASS\n'))
  const broken = ['p99: 3.00, at most 2']
  t.ok(reported({ ...run(), broken }).endsWith('\nFAIL\np99: 3.00, at most 2\n'))
})

t.test('says what was measured', async (t) => {
  t.match(reported(run()), /^(\S+|no git), Node v\d+\.\S+, \d+ cores \(.*\), 3 rounds\n/)
})
