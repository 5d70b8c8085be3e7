import { spreadOf } from './statistics.ts'

/** What was measured of one trigger. Times are of importing it in a process of its own. */
export interface TriggerFigures {
  name: string
  bytes: number
  zipBytes: number
  importMs: readonly number[]
}

export interface TriggerBounds {
  bytes: number
  importMs: number
}

/** What a trigger may weigh and how long importing it may take. */
export const TRIGGER_BOUNDS: TriggerBounds = { bytes: 350 * 1024, importMs: 80 }

/**
 * One line for each bound that is broken; none if all is well. Too little to judge is a breach too: a
 * benchmark that measured nothing must not pass.
 */
export function judgeTriggers(
  figures: readonly TriggerFigures[],
  bounds: TriggerBounds = TRIGGER_BOUNDS,
): string[] {
  if (figures.length === 0) return ['no trigger was measured']
  return figures.flatMap(({ name, bytes, importMs }) => {
    const breaches: string[] = []
    if (!(bytes > 0 && bytes <= bounds.bytes)) {
      breaches.push(`${name}: ${bytes} bytes, at most ${bounds.bytes}`)
    }
    const { median } = spreadOf(importMs)
    if (!(median <= bounds.importMs)) {
      breaches.push(`${name}: ${median.toFixed(1)} ms to import, at most ${bounds.importMs}`)
    }
    return breaches
  })
}
