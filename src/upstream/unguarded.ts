import type { UpstreamGuard } from './ports.ts'

/** For who makes one call at a time and keeps nothing between them, as a trigger does. */
export const unguarded: UpstreamGuard = { call: (_operation, work) => work() }
