/**
 * Wilcoxon's signed-rank test for paired samples, two-sided, with the normal approximation and the
 * correction for ties; for some hundred pairs and more.
 * @param differences first minus second of each pair
 * @returns how probable differences at least as lopsided are if neither side tends to be larger
 */
export function signedRankP(differences: readonly number[]): number {
  const sorted = differences
    .filter((difference) => difference !== 0)
    .toSorted((a, b) => Math.abs(a) - Math.abs(b))
  const n = sorted.length
  if (n === 0) return 1
  let positive = 0
  let ties = 0
  for (let from = 0, to = 0; from < n; from = to) {
    while (to < n && Math.abs(sorted[to]!) === Math.abs(sorted[from]!)) to += 1
    const rank = (from + 1 + to) / 2
    for (const difference of sorted.slice(from, to)) if (difference > 0) positive += rank
    ties += (to - from) ** 3 - (to - from)
  }
  const mean = (n * (n + 1)) / 4
  const variance = (n * (n + 1) * (2 * n + 1)) / 24 - ties / 48
  const z = Math.abs(positive - mean) / Math.sqrt(variance)
  return erfc(z / Math.SQRT2)
}

/** Complementary error function, to about seven digits of what it is (Numerical Recipes, 6.2). */
function erfc(x: number): number {
  const t = 2 / (2 + x)
  const coefficients = [
    0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418,
    0.37409196, 1.00002368, -1.26551223,
  ]
  return t * Math.exp(-x * x + coefficients.reduce((sum, next) => sum * t + next, 0))
}
