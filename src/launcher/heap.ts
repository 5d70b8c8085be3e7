import { getHeapStatistics, setFlagsFromString } from 'node:v8'

/** Of V8's limit in bytes; below, as in a container of 256 MB, memory is dearer than collections. */
const ROOMY = 512 * 1024 * 1024
/** The first V8 known to have the flags of the memory reducer: that of Node 24. */
const HAS_REDUCER_FLAGS = 13
/** V8's memory reducer waits that long before its first collection. */
const FIRST_QUIET_MS = 8_000
/** By then a service that nobody calls has been through that collection, which takes a second to come about. */
const COLLECTED_ONCE_MS = 12_000

interface Process {
  /** As in `process.versions`. */
  v8: string
  /** How large the heap may become, in bytes. */
  limit: number
  /** How long it has run, in milliseconds. */
  uptime: number
}

interface HeapFlags {
  atOnce: string[]
  /** Once a first collection in quiet times has been. */
  later: string[]
}

/**
 * After eight seconds with little to do V8's memory reducer collects the whole heap, twice, and does two
 * things that a service pays for when the next sign-ins come:
 *
 * - It drops the hidden classes of objects that nobody has at the moment, as those of requests, and with them
 *   the code that was compiled for them (V8, mark-compact.cc, RetainMaps): at half of saturation one
 *   to two seconds in which everything waits. Told not to favour memory, it collects the garbage only, and
 *   keeps the room that it was in. So the first collection, soon after the start, may favour memory: what the start
 *   has left is a seventh of all, and there is little to lose of what nobody has called yet.
 * - From then on the heap grows in small steps (V8, heap-controller.cc): under load several collections of
 *   everything a second, a third more CPU time for a sign-in. Instead it is collected when it is four times
 *   as large, or, where there is little room, half as large again, and once in quiet times.
 *
 * The limit that V8 has for the heap holds as before.
 */
export function heapFlags({ v8, limit, uptime }: Process): HeapFlags {
  const growth = `--heap-growing-percent=${limit >= ROOMY ? 300 : 50}`
  if (Number.parseInt(v8, 10) < HAS_REDUCER_FLAGS) return { atOnce: [growth], later: [] }
  // Once V8 has begun to count, it ends the process where it finds that it has counted too far.
  const count = uptime < FIRST_QUIET_MS ? ['--memory-reducer-gc-count=1'] : []
  return { atOnce: [growth, ...count], later: ['--no-memory-reducer-favors-memory'] }
}

/** To be called after the start: what Node has compiled of its own fits V8's own flags only. */
export function growFreely(): void {
  const { heap_size_limit: limit } = getHeapStatistics()
  const uptime = performance.now()
  const { atOnce, later } = heapFlags({ v8: process.versions.v8, limit, uptime })
  for (const flag of atOnce) setFlagsFromString(flag)
  setTimeout(() => {
    for (const flag of later) setFlagsFromString(flag)
  }, COLLECTED_ONCE_MS).unref()
}
