import { getHeapStatistics, setFlagsFromString } from 'node:v8'

/** Of V8's limit in bytes; below, as in a container of 256 MB, memory is dearer than collections. */
const ROOMY = 512 * 1024 * 1024
/** The first V8 known to have `--memory-reducer-gc-count`: that of Node 24. */
const HAS_GC_COUNT = 13
/** V8's memory reducer waits that long before its first collection. */
const FIRST_QUIET_MS = 8_000

interface Process {
  /** As in `process.versions`. */
  v8: string
  /** How large the heap may become, in bytes. */
  limit: number
  /** How long it has run, in milliseconds. */
  uptime: number
}

/**
 * After eight seconds with little to do V8 collects the whole heap, twice, and from then on lets it grow in
 * small steps (V8, memory-reducer.cc and heap-controller.cc): under load several collections of everything a
 * second, a third more CPU time for a sign-in, and requests that wait for 10 to 20 ms each time. Instead
 * it is collected when it is four times as large, or, where there is little room, half as large again, and
 * once in quiet times. The limit that V8 has for it holds as before.
 */
export function heapFlags({ v8, limit, uptime }: Process): string[] {
  const growth = `--heap-growing-percent=${limit >= ROOMY ? 300 : 50}`
  // Once V8 has begun to count, it ends the process where it finds that it has counted too far.
  const canLimit = Number.parseInt(v8, 10) >= HAS_GC_COUNT && uptime < FIRST_QUIET_MS
  return canLimit ? [growth, '--memory-reducer-gc-count=1'] : [growth]
}

/** To be called after the start: what Node has compiled of its own fits V8's own flags only. */
export function growFreely(): void {
  const { heap_size_limit: limit } = getHeapStatistics()
  const flags = heapFlags({ v8: process.versions.v8, limit, uptime: performance.now() })
  for (const flag of flags) setFlagsFromString(flag)
}
