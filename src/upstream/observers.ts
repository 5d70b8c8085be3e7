import type { BreakerState, Upstream, UpstreamObserver } from './ports.ts'

interface Log {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

/** Several that want to know, as one. */
export function observers(all: readonly UpstreamObserver[]): UpstreamObserver {
  return {
    onCall: (call) => all.forEach((one) => one.onCall?.(call)),
    onBreaker: (service, state) => all.forEach((one) => one.onBreaker?.(service, state)),
  }
}

/** One line when an upstream is given up and one when it is back, however often it is tried between. */
export function breakerLog(log: () => Log): UpstreamObserver {
  const away = new Set<Upstream>()
  return {
    onBreaker(service: Upstream, state: BreakerState) {
      const upstream = { service, operation: 'breaker', reason: state }
      if (state === 'open' && !away.has(service)) {
        away.add(service)
        log().warn({ upstream }, 'upstream is down and is spared')
      } else if (state === 'closed' && away.delete(service)) {
        log().info({ upstream }, 'upstream is back')
      }
    },
  }
}
