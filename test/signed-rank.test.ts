import t from 'tap'
import { signedRankP } from './support/signed-rank.ts'

t.test('a sample worked out by hand', async (t) => {
  // W+ = 44, mean 27.5, variance 96.25: z = 1.6818, two-sided p = 0.0926.
  const p = signedRankP([1, -2, 3, 4, 5, 6, 7, 8, -9, 10])
  t.ok(Math.abs(p - 0.0926) < 0.0001, String(p))
})

t.test('differences that lean to no side say nothing', async (t) => {
  t.equal(signedRankP([]), 1)
  t.equal(signedRankP([0, 0]), 1)
  t.ok(signedRankP([1, -1, 2, -2, 3, -3]) > 0.99, 'with ties')
})

t.test('differences that lean to one side cannot be by chance', async (t) => {
  const lopsided = Array.from({ length: 1_000 }, (_, i) => (i % 4 === 0 ? -i : i))
  t.ok(signedRankP(lopsided) < 1e-30)
  t.equal(signedRankP(lopsided), signedRankP(lopsided.map((one) => -one)), 'whichever side')
})
