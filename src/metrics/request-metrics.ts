import type { ProblemCode } from '../http/problems.ts'
import { OTHER, type MetricKit } from './kit.ts'
import { CODES, METHODS, NONE, OK, STATUS_CLASSES } from './labels.ts'

/** A route as it is registered. */
export interface KnownRoute {
  url: string
  operation?: string | undefined
}

export interface AnsweredRequest {
  /** None of a request that no route was found for. */
  url?: string | undefined
  operation?: string | undefined
  method: string
  status: number
  code?: ProblemCode | undefined
  seconds: number
}

export interface RequestMetrics {
  /** Told of every route, before any request. */
  route(known: KnownRoute): void
  arrived(): void
  /** Told of the end of each, answered or not. */
  left(): void
  answered(request: AnsweredRequest): void
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20]

export function requestMetrics(kit: MetricKit): RequestMetrics {
  const routes = new Set([NONE])
  const operations = new Set([NONE])
  let inFlight = 0
  const duration = kit.histogram({
    name: 'bff_http_request_duration_seconds',
    help: 'From the head of a request to the end of its answer.',
    labels: { route: routes, method: METHODS, status: STATUS_CLASSES },
    buckets: SECONDS,
  })
  const outcome = kit.counter({
    name: 'bff_operations_total',
    help: 'Answered requests by operation and code; ok is an answer that is no problem.',
    labels: { operation: operations, code: CODES },
  })
  kit.gauge(
    {
      name: 'bff_http_requests_in_flight',
      help: 'Requests that have come and are not answered.',
      labels: {},
    },
    (set) => set({}, inFlight),
  )

  return {
    route({ url, operation }) {
      routes.add(url)
      if (operation === undefined) return
      operations.add(operation)
      // So that an alert sees the first of them.
      for (const code of [OK, 'internal_error']) outcome({ operation, code }, 0)
    },
    arrived() {
      inFlight++
    },
    left() {
      inFlight--
    },
    answered({ url = NONE, operation = NONE, method, status, code = OK, seconds }) {
      duration({ route: url, method, status: classOf(status) }, seconds)
      outcome({ operation, code })
    },
  }
}

/** One of those there are, and not a text of its own for each answer. */
function classOf(status: number): string {
  return STATUS_CLASSES[Math.floor(status / 100) - 1] ?? OTHER
}
