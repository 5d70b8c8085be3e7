import type { RefreshOutcome, SharedRefreshes } from '../tokens/ports.ts'
import type { Digest } from './digests.ts'
import { keptAnswers } from './kept-answers.ts'
import type { Flights } from './redis-flights.ts'
import { singleFlight } from './single-flight.ts'
import { unlessAway } from './unless-away.ts'

export interface RefreshesOptions {
  digest: Digest
  /** Deadline of a refresh, waiting for others included. */
  timeoutMs: number
  /** Shares with other instances too. */
  flights?: Flights | undefined
  now?: () => number
}

/**
 * Shares refreshes within this process, and with the other instances while Redis is there. Without it
 * each instance makes its own call, as it does where there is no Redis at all: sign-ins go on.
 */
export function sharedRefreshes(options: RefreshesOptions): SharedRefreshes {
  const { digest, timeoutMs, flights, now } = options
  const kept = keptAnswers(digest, now)
  const inProcess = singleFlight<RefreshOutcome>()

  async function fly(
    id: string,
    ask: (signal: AbortSignal) => Promise<RefreshOutcome>,
  ): Promise<RefreshOutcome> {
    const signal = AbortSignal.timeout(timeoutMs)
    const boarded = await unlessAway(flights?.board(id, signal))
    if (boarded !== undefined && boarded.outcome !== 'ours') return boarded
    let answer: RefreshOutcome | undefined = boarded?.wasFree === false ? undefined : kept.get(id)
    try {
      if (answer === undefined) {
        answer = await ask(signal)
        if (answer.outcome === 'tokens') kept.keep(id, answer)
      }
      return answer
    } finally {
      await boarded?.release(answer)
    }
  }

  return {
    share(refreshToken, ask) {
      const id = digest('token', refreshToken)
      return inProcess(id, () => fly(id, ask))
    },
    async forget(whose) {
      const name = 'sub' in whose ? digest('user', whose.sub) : digest('token', whose.refreshToken)
      kept.forget(name)
      await unlessAway(flights?.forget(name))
    },
  }
}
