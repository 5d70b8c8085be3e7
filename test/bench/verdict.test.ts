import t from 'tap'
import { ratiosOf, spreadOf } from '../../bench/statistics.ts'
import { BOUNDS, judge, type Figures } from '../../bench/verdict.ts'

const at = (median: number) => ({ median, least: 0, most: median * 10 })
const AT_THE_BOUNDS: Figures = {
  cpuOfSdk: at(0.7),
  cpuOfBare: at(4),
  p99OfBare: at(2),
  readyOfNode: at(5),
  idleMb: 100,
  grownMb: 10,
}

t.test('says nothing where every bound is kept', async (t) => {
  t.strictSame(judge(AT_THE_BOUNDS), [])
})

t.test('names each bound that is broken', async (t) => {
  for (const [name, figure] of Object.entries(AT_THE_BOUNDS)) {
    const worse = typeof figure === 'object' ? at(figure.median * 1.01) : figure + 1
    const said = judge({ ...AT_THE_BOUNDS, [name]: worse })
    t.equal(said.length, 1, name)
    t.match(said[0], /: [\d.]+, at most [\d.]+$/)
  }
})

t.test('what was not measured does not pass', async (t) => {
  t.equal(judge({}).length, Object.keys(BOUNDS).length)
  t.equal(judge({ ...AT_THE_BOUNDS, cpuOfSdk: spreadOf([]) }).length, 1)
  t.equal(judge({ ...AT_THE_BOUNDS, grownMb: Number.NaN }).length, 1)
})

t.test('a spread is the middle and both ends', async (t) => {
  t.strictSame(spreadOf([3, 1, 2]), { median: 2, least: 1, most: 3 })
  t.strictSame(spreadOf([4, 1, 2, 3]), { median: 2.5, least: 1, most: 4 })
  t.ok(Number.isNaN(spreadOf([]).median))
})

t.test('ratios are taken round by round', async (t) => {
  t.strictSame(ratiosOf([2, 9], [1, 3]), [2, 3])
  t.ok(Number.isNaN(ratiosOf([1], [])[0]))
})
