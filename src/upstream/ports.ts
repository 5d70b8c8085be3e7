import type { UpstreamFailure } from '../errors.ts'

export type Upstream = UpstreamFailure['service']

/**
 * How one call ended. `refused`: the upstream said no to this request, and works. `failed`: it is
 * down, or answers with something unusable. `cancelled`: nobody waited any more. `full` and
 * `broken`: it was not called, for want of capacity or because its breaker is open.
 */
export type CallOutcome =
  | 'ok'
  | 'refused'
  | 'throttled'
  | 'failed'
  | 'timeout'
  | 'cancelled'
  | 'full'
  | 'broken'

/** The outcomes of a call that was made and threw. */
export type ThrownOutcome = Exclude<CallOutcome, 'ok' | 'full' | 'broken'>

export interface UpstreamCall {
  service: Upstream
  /** A name from our own code or of an SDK command, such as `InitiateAuth`: a closed set. */
  operation: string
  outcome: CallOutcome
  /** From the first try to the end of the last. */
  seconds: number
}

/** `half-open`: the break is over, and one call shows whether the upstream is back. */
export type BreakerState = 'closed' | 'half-open' | 'open'

/** What a guard can be asked at any time. */
export interface UpstreamReading {
  service: Upstream
  breaker: BreakerState
  /** Calls under way, of at most `capacity`. */
  running: number
  capacity: number
  /** Whether any call has been answered since the process started. */
  hasAnswered: boolean
}

/**
 * What wants to know of calls. It is called in the async context of the request, once for each call
 * and after its end, so that a span can be made with its start in the past. It must not throw.
 */
export interface UpstreamObserver {
  onCall?(call: UpstreamCall): void
  onBreaker?(service: Upstream, state: BreakerState): void
}

/** What every call to an upstream goes through. */
export interface UpstreamGuard {
  /**
   * Makes the call, unless there is no place for it or its upstream is known to be down.
   * @param operation names it in errors, the log and metrics
   * @throws ServiceError `upstream_unavailable` when the call is not made; else what it throws
   */
  call<Answer>(operation: string, work: () => Promise<Answer>): Promise<Answer>
}
