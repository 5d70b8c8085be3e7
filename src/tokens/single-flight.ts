import { createHash } from 'node:crypto'

/** How long an answer serves the calls that come a little later: other tabs, a client's retry. */
const SHARED_FOR_MS = 10_000
const FLIGHTS_KEPT = 10_000

/**
 * One call for all who ask the same at about the same time. With rotation on, the second use of a
 * refresh token would end the session; tabs and retries use one token twice all the time.
 *
 * Whoever holds the token gets the answer, as they would from Cognito within its grace period
 * (RetryGracePeriodSeconds, 60 at most). Keys are digests: no token lies around as a map key.
 */
export function singleFlight<T>(
  call: (key: string) => Promise<T>,
  now: () => number = Date.now,
): (key: string) => Promise<T> {
  const flights = new Map<string, { answer: Promise<T>; until: number }>()

  function sweep(): void {
    for (const [id, { until }] of flights) {
      // In the order of departure, so the first that is still good ends the search.
      if (until > now() && flights.size <= FLIGHTS_KEPT) break
      flights.delete(id)
    }
  }

  return (key) => {
    sweep()
    const id = createHash('sha256').update(key).digest('base64')
    const flight = flights.get(id)
    if (flight !== undefined && flight.until > now()) return flight.answer
    const answer = call(key)
    flights.set(id, { answer, until: now() + SHARED_FOR_MS })
    // A failure is no answer to keep: the next call may fare better.
    answer.catch(() => flights.delete(id))
    return answer
  }
}
