import type { Attributes } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node'

/** Names and codes: nothing with an @ or a + in it, and nothing as long as a token. */
const WORD = /^[\w .:/-]{1,64}$/

/** What a span may say, whoever made it. The instrumentation itself would add the URL with its query. */
const ATTRIBUTES = [
  'http.request.method',
  'http.route',
  'http.response.status_code',
  'error.type',
  'exception.type',
  'upstream.service',
  'upstream.operation',
  'upstream.outcome',
]

/** The span as it may leave the process: times, ids, and of the rest what is allowed. */
export function allowedSpan(span: ReadableSpan): ReadableSpan {
  return {
    name: span.name,
    kind: span.kind,
    spanContext: () => span.spanContext(),
    ...(span.parentSpanContext === undefined ? {} : { parentSpanContext: span.parentSpanContext }),
    startTime: span.startTime,
    endTime: span.endTime,
    duration: span.duration,
    ended: span.ended,
    // The text that may come with it is the message of an error, which quotes what users send.
    status: { code: span.status.code },
    attributes: allowedAttributes(span.attributes),
    events: span.events.map(({ name, time, attributes = {} }) => ({
      name,
      time,
      attributes: allowedAttributes(attributes),
    })),
    links: [],
    resource: span.resource,
    instrumentationScope: span.instrumentationScope,
    droppedAttributesCount: span.droppedAttributesCount,
    droppedEventsCount: span.droppedEventsCount,
    droppedLinksCount: span.droppedLinksCount,
  }
}

function allowedAttributes(given: Attributes): Attributes {
  const allowed: Attributes = {}
  for (const name of ATTRIBUTES) {
    const value = given[name]
    if (typeof value === 'number' || (typeof value === 'string' && WORD.test(value))) {
      allowed[name] = value
    }
  }
  return allowed
}
