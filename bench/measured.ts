import { ratiosOf, spreadOf, type Spread } from './statistics.ts'

/** In turn: the service between those it is compared with. */
export const NAMES = ['bare', 'service', 'SDK at defaults', 'SDK, unsigned'] as const
export const BASES = ['bare', 'SDK at defaults', 'SDK, unsigned'] as const
/** Its starts take half a second at least, so its latencies and saturation say nothing; its CPU time does. */
export const SHIPPED = 'service, as shipped'
export const ALL = [...NAMES, SHIPPED] as const

export type Name = (typeof ALL)[number]
/** A figure of each, round by round. */
export type Rounds = Readonly<Record<Name, number[]>>

/** What the rounds have shown. */
export interface Measured {
  /** CPU milliseconds of a sign-in at saturation. */
  cpuMs: Rounds
  /** Sign-ins a second at saturation. */
  perSecond: Rounds
  /** Sign-ins a second that everybody was sent after that: half of what the service did. */
  halves: number[]
  /** Milliseconds a request took at that rate, and CPU milliseconds of a sign-in. */
  p50: Rounds
  p99: Rounds
  halfCpuMs: Rounds
  /** Requests that were not answered with 200, at saturation and at that rate. */
  refused: Rounds
  /** At the end. */
  peakMb: Rounds
}

export function nothingMeasured(): Measured {
  return {
    cpuMs: empty(),
    perSecond: empty(),
    halves: [],
    p50: empty(),
    p99: empty(),
    halfCpuMs: empty(),
    refused: empty(),
    peakMb: empty(),
  }
}

const empty = (): Rounds => ({
  bare: [],
  service: [],
  'SDK at defaults': [],
  'SDK, unsigned': [],
  [SHIPPED]: [],
})

export function ratio(rounds: Rounds, whose: Name, base: Name): Spread {
  return spreadOf(ratiosOf(rounds[whose], rounds[base]))
}
