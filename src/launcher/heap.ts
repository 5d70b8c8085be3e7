import { setFlagsFromString } from 'node:v8'

const HAS_GC_COUNT = 13

/**
 * After eight seconds with little to do V8 collects the whole heap, twice, and from then on lets it grow by
 * a tenth only (V8, memory-reducer.cc). So each burst of sign-ins would have to be compiled anew,
 * and have the whole heap collected eight times a second: a third more CPU time for each. Instead it is
 * collected when it has doubled. The limit that V8 has for it holds as before.
 * @param v8 the version, as in `process.versions`
 */
export function heapFlags(v8: string): string[] {
  const major = Number.parseInt(v8, 10)
  return [
    '--heap-growing-percent=100',
    ...(major >= HAS_GC_COUNT ? ['--memory-reducer-gc-count=0'] : []),
  ]
}

/** To be called after the start: what Node has compiled of its own fits V8's own flags only. */
export function growFreely(): void {
  for (const flag of heapFlags(process.versions.v8)) setFlagsFromString(flag)
}
