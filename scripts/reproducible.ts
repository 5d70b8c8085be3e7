/**
 * Flags of V8, so that the same code is always written down as the same bytes. Strings are written with
 * their hashes, which have a seed. Between fields are gaps: zeros in new memory, anything in memory that
 * was used before, so the process has to end before it collects garbage. And functions are marked that
 * threads have compiled, or are compiling.
 */
export const REPRODUCIBLE = [
  '--random-seed=1',
  '--min-semi-space-size=128',
  '--max-semi-space-size=128',
  '--initial-old-space-size=512',
  '--no-incremental-marking',
  '--no-concurrent-recompilation',
  '--no-concurrent-sparkplug',
]

/** Those of them that V8 would ask for of whoever uses the cache, taken back. */
export const TAKEN_BACK = [
  '--min-semi-space-size=0',
  '--max-semi-space-size=0',
  '--initial-old-space-size=0',
  '--incremental-marking',
]
