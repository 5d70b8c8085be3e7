import type { UpstreamObserver, UpstreamReading } from '../upstream/ports.ts'
import type { MetricKit } from './kit.ts'
import { BREAKER_STATES, CALL_OUTCOMES, CALLS, SERVICES } from './labels.ts'

/** What is not told but asked, whenever somebody looks. */
export interface UpstreamSources {
  upstreams: () => readonly UpstreamReading[]
}

const SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15]

export function upstreamMetrics(
  kit: MetricKit,
  sources: () => Partial<UpstreamSources>,
): UpstreamObserver {
  const upstreams = () => sources().upstreams?.() ?? []
  const duration = kit.histogram({
    name: 'bff_upstream_call_duration_seconds',
    help: 'Calls to upstreams, retries included. full and broken were not made.',
    labels: { service: SERVICES, operation: CALLS, outcome: CALL_OUTCOMES },
    buckets: SECONDS,
  })
  kit.gauge(
    {
      name: 'bff_upstream_breaker_state',
      help: '1 for the state that the breaker of an upstream is in.',
      labels: { service: SERVICES, state: BREAKER_STATES },
    },
    (set) => {
      for (const { service, breaker } of upstreams()) {
        for (const state of BREAKER_STATES) set({ service, state }, state === breaker ? 1 : 0)
      }
    },
  )
  kit.gauge(
    {
      name: 'bff_upstream_calls_in_flight',
      help: 'Calls to an upstream that are under way.',
      labels: { service: SERVICES },
    },
    (set) => upstreams().forEach(({ service, running }) => set({ service }, running)),
  )
  kit.gauge(
    {
      name: 'bff_upstream_calls_limit',
      help: 'The most calls to an upstream at a time.',
      labels: { service: SERVICES },
    },
    (set) => upstreams().forEach(({ service, capacity }) => set({ service }, capacity)),
  )

  return {
    onCall({ service, operation, outcome, seconds }) {
      duration({ service, operation, outcome }, seconds)
    },
  }
}
