import { getHeapStatistics, setFlagsFromString } from 'node:v8'

const HAS_GC_COUNT = 13
/** Of V8's limit in bytes; below, as in a container of 256 MB, memory is dearer than collections. */
const ROOMY = 512 * 1024 * 1024

/**
 * After eight seconds with little to do V8 collects the whole heap, twice, and from then on lets it grow by
 * a tenth only (V8, memory-reducer.cc). So each burst of sign-ins would have to be compiled anew,
 * and have the whole heap collected eight times a second: a third more CPU time for each. Instead it is
 * collected when it is four times as large, or, where there is little room, half as large again: each
 * time requests wait for 10 to 20 ms. The limit that V8 has for it holds as before.
 * @param v8 the version, as in `process.versions`
 * @param limit how large the heap may become, in bytes
 */
export function heapFlags(v8: string, limit: number): string[] {
  const major = Number.parseInt(v8, 10)
  return [
    `--heap-growing-percent=${limit >= ROOMY ? 300 : 50}`,
    ...(major >= HAS_GC_COUNT ? ['--memory-reducer-gc-count=0'] : []),
  ]
}

/** To be called after the start: what Node has compiled of its own fits V8's own flags only. */
export function growFreely(): void {
  const { heap_size_limit: limit } = getHeapStatistics()
  for (const flag of heapFlags(process.versions.v8, limit)) setFlagsFromString(flag)
}
