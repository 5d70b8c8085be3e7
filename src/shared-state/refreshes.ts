import type { RefreshOutcome, SharedRefreshes } from '../tokens/ports.ts'
import type { Digest } from './digests.ts'
import { keptAnswers } from './kept-answers.ts'
import type { RefreshFlights } from './refresh-flights.ts'
import { sharedCalls } from './shared-calls.ts'
import { unlessAway } from './unless-away.ts'

export interface RefreshesOptions {
  digest: Digest
  /** Deadline of a refresh, waiting for others included. */
  timeoutMs: number
  /** Shares with other instances too. */
  flights?: RefreshFlights | undefined
  now?: () => number
}

/** Shares refreshes, and keeps new tokens for a little while; a refusal is kept for nobody. */
export function sharedRefreshes(options: RefreshesOptions): SharedRefreshes {
  const { digest, timeoutMs, flights, now } = options
  const kept = keptAnswers(digest, now)
  const share = sharedCalls<RefreshOutcome>({
    timeoutMs,
    flights,
    kept: {
      get: (id) => kept.get(id),
      keep(id, answer) {
        if (answer.outcome === 'tokens') kept.keep(id, answer)
      },
    },
  })

  return {
    share: (refreshToken, ask) => share(digest('token', refreshToken), ask),
    async forget(whose) {
      const name = 'sub' in whose ? digest('user', whose.sub) : digest('token', whose.refreshToken)
      kept.forget(name)
      await unlessAway(flights?.forget(name))
    },
  }
}
