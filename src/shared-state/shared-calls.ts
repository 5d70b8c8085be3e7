import type { Flights } from './redis-flights.ts'
import { singleFlight } from './single-flight.ts'
import { unlessAway } from './unless-away.ts'

export interface SharedCallsOptions<Answer> {
  /** Deadline of waiting for others. */
  timeoutMs: number
  /** Shares with other instances too. */
  flights?: Flights<Answer> | undefined
  /** What this process keeps for those who come later. */
  kept: { get(id: string): Answer | undefined; keep(id: string, answer: Answer): void }
}

/**
 * One call for all who ask the same: within this process, and at the other instances while Redis is
 * there. Without it each instance makes its own, as it does where there is no Redis at all.
 * @returns calls under a name; the signal is the deadline of all of it
 */
export function sharedCalls<Answer extends object>({
  timeoutMs,
  flights,
  kept,
}: SharedCallsOptions<Answer>): (
  id: string,
  ask: (signal: AbortSignal) => Promise<Answer>,
) => Promise<Answer> {
  const inProcess = singleFlight<Answer>()

  async function fly(id: string, ask: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
    const signal = AbortSignal.timeout(timeoutMs)
    const boarded = await unlessAway(flights?.board(id, signal))
    if (boarded !== undefined && 'answer' in boarded) return boarded.answer
    let answer = boarded?.wasFree === false ? undefined : kept.get(id)
    try {
      if (answer === undefined) {
        answer = await ask(signal)
        kept.keep(id, answer)
      }
      return answer
    } finally {
      await boarded?.release(answer)
    }
  }

  return (id, ask) => inProcess(id, () => fly(id, ask))
}
