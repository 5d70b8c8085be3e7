import { SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api'
import type { CallOutcome, UpstreamObserver } from '../upstream/ports.ts'

/** The upstream worked, whether or not it granted what was asked. */
const GOOD = new Set<CallOutcome>(['ok', 'refused', 'cancelled'])

/**
 * One span for each call to an upstream, in the trace of the request that made it. The upstreams are
 * told nothing of it: no traceparent leaves for them.
 */
export function upstreamSpans(tracer: Tracer): UpstreamObserver {
  return {
    onCall({ service, operation, outcome, seconds }) {
      const end = Date.now()
      const span = tracer.startSpan(`${service} ${operation}`, {
        kind: SpanKind.CLIENT,
        startTime: end - seconds * 1_000,
        attributes: {
          'upstream.service': service,
          'upstream.operation': operation,
          'upstream.outcome': outcome,
        },
      })
      if (!GOOD.has(outcome)) span.setStatus({ code: SpanStatusCode.ERROR })
      span.end(end)
    },
  }
}
