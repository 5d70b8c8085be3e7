import { ServiceError } from '../errors.ts'
import { placesFor } from '../priority.ts'
import { currentRequest } from '../request-context.ts'
import { addressShares } from './address-shares.ts'
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
  /** Whether one client address may hold only a share of it once many places are taken. */
  sharesByAddress?: boolean
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
export function upstreamGuard(options: GuardOptions): UpstreamGuard & {
  reading(): UpstreamReading
  /**
   * Refuses as `call` would, for what has to fail alike without a call.
   * @throws ServiceError `upstream_unavailable`
   */
  check(operation: string): void
} {
  const { service, capacity, outcomeOf, observer = {} } = options
  const { now = () => performance.now(), random = Math.random } = options
  const shares = addressShares(capacity)
  const newBreaker = () => circuitBreaker({ onChange: tellChange, now, random })
  const common = newBreaker()
  const apart = newBreaker()
  const breakerOf = (operation: string) => (options.apart?.has(operation) ? apart : common)
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

  function holder(): string | undefined {
    return options.sharesByAddress === true ? currentRequest()?.ip : undefined
  }

  function checkPlaces(operation: string): void {
    // Without a request it is the service's own affair, such as a trigger.
    const priority = currentRequest()?.priority ?? 'refresh'
    const isFull = running >= placesFor(priority, capacity)
    if (isFull || shares.isUsedUp(holder(), running)) {
      throw refusal(operation, 'full', FULL_RETRY_SECONDS)
    }
  }

  function broken(operation: string): ServiceError {
    const seconds = breakerOf(operation).remainingMs() / 1000
    return refusal(operation, 'broken', Math.max(1, seconds))
  }

  return {
    async call(operation, work) {
      checkPlaces(operation)
      const tell = breakerOf(operation).admit()
      if (tell === undefined) throw broken(operation)
      const startedAt = now()
      let outcome: 'ok' | ThrownOutcome = 'ok'
      const ip = holder()
      running++
      shares.take(ip)
      try {
        return await work()
      } catch (error) {
        outcome = outcomeOf(error)
        throw error
      } finally {
        running--
        shares.giveBack(ip)
        const seconds = (now() - startedAt) / 1000
        const verdict = VERDICTS[outcome]
        hasAnswered ||= verdict === 'up'
        tell(verdict === 'unclear' && seconds >= PATIENCE_SECONDS ? 'down' : verdict)
        note(operation, outcome, seconds)
      }
    },

    check(operation) {
      checkPlaces(operation)
      if (breakerOf(operation).state() !== 'closed') throw broken(operation)
    },

    reading: () => ({ service, breaker: worstOf(common, apart), running, capacity, hasAnswered }),
  }
}

function worstOf(...breakers: Breaker[]): BreakerState {
  const states = new Set(breakers.map((breaker) => breaker.state()))
  return (['open', 'half-open'] as const).find((state) => states.has(state)) ?? 'closed'
}
