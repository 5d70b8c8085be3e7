import { ServiceError } from '../errors.ts'
import { placesFor } from '../priority.ts'
import { currentRequest } from '../request-context.ts'
import { circuitBreaker, type Breaker, type Verdict } from './breaker.ts'
import type {
  BreakerState,
  CallOutcome,
  ThrownOutcome,
  Upstream,
  UpstreamGuard,
  UpstreamObserver,
  UpstreamReading,
} from './ports.ts'

export interface GuardOptions {
  service: Upstream
  /** The most calls at a time. More are refused, not queued: who waits holds a request of ours. */
  capacity: number
  /**
   * Operations that have a breaker of their own: what they run into tells nothing about the others.
   */
  apart?: ReadonlySet<string>
  /** What a thrown error says of the upstream. */
  outcomeOf: (error: unknown) => ThrownOutcome
  observer?: UpstreamObserver
  now?: () => number
  random?: () => number
}

/** Seconds until a place is likely to be free again: calls take less. */
const FULL_RETRY_SECONDS = 1
/** Clients that leave after this show as much as a deadline would have. */
const PATIENCE_SECONDS = 5

/** A refusal or a throttle is an answer too: whoever gives it is there. */
const VERDICTS: Readonly<Record<'ok' | ThrownOutcome, Verdict>> = {
  ok: 'up',
  refused: 'up',
  throttled: 'up',
  failed: 'down',
  timeout: 'down',
  cancelled: 'unclear',
}

/** Bounds what one process asks of one upstream, and spares one that is down. */
export function upstreamGuard(
  options: GuardOptions,
): UpstreamGuard & { reading(): UpstreamReading } {
  const { service, capacity, outcomeOf, observer = {} } = options
  const { now = () => performance.now(), random = Math.random } = options
  const newBreaker = () => circuitBreaker({ onChange: tellChange, now, random })
  const common = newBreaker()
  const apart = newBreaker()
  let told: BreakerState = 'closed'
  let running = 0
  let hasAnswered = false

  function tellChange(): void {
    const state = worstOf(common, apart)
    if (state !== told) observer.onBreaker?.(service, state)
    told = state
  }

  function note(operation: string, outcome: CallOutcome, seconds = 0): void {
    observer.onCall?.({ service, operation, outcome, seconds })
  }

  function refusal(operation: string, outcome: 'full' | 'broken', seconds: number): ServiceError {
    note(operation, outcome)
    return new ServiceError('upstream_unavailable', {
      // Spread out, so that those who are sent away together do not come back together.
      retryAfter: Math.ceil(seconds * (1 + random())),
      upstream: { service, operation, reason: outcome === 'full' ? 'no capacity' : 'breaker open' },
    })
  }

  return {
    async call(operation, work) {
      // Without a request it is the service's own affair, such as a trigger.
      const priority = currentRequest()?.priority ?? 'refresh'
      if (running >= placesFor(priority, capacity)) {
        throw refusal(operation, 'full', FULL_RETRY_SECONDS)
      }
      const breaker = options.apart?.has(operation) ? apart : common
      const tell = breaker.admit()
      if (tell === undefined) {
        throw refusal(operation, 'broken', Math.max(1, breaker.remainingMs() / 1000))
      }
      const startedAt = now()
      let outcome: 'ok' | ThrownOutcome = 'ok'
      running++
      try {
        return await work()
      } catch (error) {
        outcome = outcomeOf(error)
        throw error
      } finally {
        running--
        const seconds = (now() - startedAt) / 1000
        const verdict = VERDICTS[outcome]
        hasAnswered ||= verdict === 'up'
        tell(verdict === 'unclear' && seconds >= PATIENCE_SECONDS ? 'down' : verdict)
        note(operation, outcome, seconds)
      }
    },

    reading: () => ({ service, breaker: worstOf(common, apart), running, capacity, hasAnswered }),
  }
}

function worstOf(...breakers: Breaker[]): BreakerState {
  const states = new Set(breakers.map((breaker) => breaker.state()))
  return (['open', 'half-open'] as const).find((state) => states.has(state)) ?? 'closed'
}
