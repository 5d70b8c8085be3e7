import type { BreakerState } from './ports.ts'

/** Failures without a success between them: few enough to notice, more than one bad connection. */
const FAILURES_TO_BREAK = 10
const FIRST_BREAK_MS = 2_000
const LONGEST_BREAK_MS = 30_000

/** What a call showed of its upstream; one that was given up shows nothing. */
export type Verdict = 'up' | 'down' | 'unclear'

export interface Breaker {
  /**
   * Lets a call through, who then has to say once what it showed; undefined while the upstream is
   * known to be down. Never waits: whoever comes during the one call of a half-open breaker is refused.
   */
  admit(): ((verdict: Verdict) => void) | undefined
  state(): BreakerState
  /** Milliseconds until a call may be let through again. */
  remainingMs(): number
}

/**
 * A circuit breaker over consecutive failures; each break that follows another is twice as long.
 * Our own: libraries count a cancelled call as a success, and let callers queue behind the half-open one.
 */
export function circuitBreaker(
  options: {
    onChange?: (state: BreakerState) => void
    now?: () => number
    random?: () => number
  } = {},
): Breaker {
  const { onChange = () => {}, now = () => performance.now(), random = Math.random } = options
  let failures = 0
  let breaks = 0
  let brokenUntil = 0
  let isProbing = false
  /** What calls show that were let through before the last change is out of date. */
  let era = 0

  function state(): BreakerState {
    if (breaks === 0) return 'closed'
    return brokenUntil <= now() ? 'half-open' : 'open'
  }

  function open(): void {
    const ms = Math.min(FIRST_BREAK_MS * 2 ** breaks, LONGEST_BREAK_MS)
    // Instances that broke together do not try again together.
    brokenUntil = now() + ms * (1 + random() / 4)
    breaks++
    isProbing = false
    era++
    onChange('open')
  }

  function close(): void {
    failures = 0
    breaks = 0
    isProbing = false
    era++
    onChange('closed')
  }

  function probed(verdict: Verdict): void {
    if (verdict === 'up') close()
    else if (verdict === 'down') open()
    else isProbing = false
  }

  function called(verdict: Verdict): void {
    if (verdict === 'up') failures = 0
    else if (verdict === 'down' && ++failures >= FAILURES_TO_BREAK) open()
  }

  return {
    admit() {
      if (breaks > 0 && (isProbing || brokenUntil > now())) return undefined
      const begunIn = era
      if (breaks === 0) return (verdict) => era === begunIn && called(verdict)
      isProbing = true
      onChange('half-open')
      return (verdict) => era === begunIn && probed(verdict)
    },
    state,
    remainingMs: () => (breaks === 0 ? 0 : Math.max(0, brokenUntil - now())),
  }
}
