import { monitorEventLoopDelay } from 'node:perf_hooks'

const RESOLUTION_MS = 20
const SAMPLE_MS = 1_000

export interface EventLoopDelay {
  /** How late things have happened in the last two seconds, without what one long turn was. */
  recentMs(): number
  close(): void
}

/** How busy this process is: what waits for its turn comes so much later. */
export function eventLoopDelay(): EventLoopDelay {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  histogram.enable()
  let means = [0, 0]
  const timer = setInterval(() => {
    // Not a number where not even the histogram got a turn.
    const mean = Math.max(0, histogram.mean / 1e6 - RESOLUTION_MS) || 0
    means = [means[1] ?? 0, mean]
    histogram.reset()
  }, SAMPLE_MS).unref()

  return {
    recentMs: () => Math.min(...means),
    close() {
      clearInterval(timer)
      histogram.disable()
    },
  }
}
