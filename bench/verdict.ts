import type { Spread } from './statistics.ts'

/** What one run has shown of the service. */
export interface Figures {
  /** CPU time of a start and a finish, as a share of the SDK's at its defaults, calls signed. */
  cpuOfSdk: Spread
  /** The same of bare Fastify's. */
  cpuOfBare: Spread
  /** p99 at half of the service's saturation, of bare's at the same load. */
  p99OfBare: Spread
  /** Time until it is ready, of that of `node -e 0`. */
  readyOfNode: Spread
  idleMb: number
  /** Resident after 100,000 sign-ins more than after 10,000. */
  grownMb: number
}

/** What each may be at most. */
export const BOUNDS: Readonly<Record<keyof Figures, number>> = {
  cpuOfSdk: 0.7,
  cpuOfBare: 4,
  p99OfBare: 2,
  readyOfNode: 5,
  idleMb: 100,
  grownMb: 10,
}

const SAID: Readonly<Record<keyof Figures, string>> = {
  cpuOfSdk: 'CPU per sign-in, of the SDK at its defaults with signed calls',
  cpuOfBare: 'CPU per sign-in, of bare',
  p99OfBare: 'p99 at half of saturation, of bare',
  readyOfNode: 'time until ready, of node -e 0',
  idleMb: 'MB resident when idle',
  grownMb: 'MB more after 100,000 sign-ins than after 10,000',
}

/** A line for each bound that is broken. What was not measured does not pass. */
export function judge(figures: Partial<Figures>): string[] {
  const names: (keyof Figures)[] = [
    'cpuOfSdk',
    'cpuOfBare',
    'p99OfBare',
    'readyOfNode',
    'idleMb',
    'grownMb',
  ]
  return names.flatMap((name) => {
    const figure = figures[name]
    const value = typeof figure === 'object' ? figure.median : (figure ?? Number.NaN)
    const bound = BOUNDS[name]
    return value <= bound ? [] : [`${SAID[name]}: ${value.toFixed(2)}, at most ${bound}`]
  })
}
