import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import type { SpanExporter } from '@opentelemetry/sdk-trace-node'
import type { FastifyBaseLogger } from 'fastify'
import { allowedSpan } from './allowed-span.ts'

/** Of one export, tries included; requests wait for none. */
const EXPORT_TIMEOUT_MS = 3_000

interface ExporterOptions {
  url: string
  headers: Readonly<Record<string, string>>
  log: () => FastifyBaseLogger | undefined
}

/** OTLP over HTTP of what is allowed; says once when it cannot deliver, and once when it can again. */
export function traceExporter({ url, headers, log }: ExporterOptions): SpanExporter {
  const otlp = new OTLPTraceExporter({
    url,
    headers: { ...headers },
    timeoutMillis: EXPORT_TIMEOUT_MS,
  })
  let isAway = false
  return {
    export(spans, done) {
      otlp.export(spans.map(allowedSpan), (result) => {
        const failed = result.error !== undefined
        if (failed && !isAway) log()?.warn('traces cannot be delivered and are dropped')
        if (!failed && isAway) log()?.info('traces are delivered again')
        isAway = failed
        done(result)
      })
    },
    forceFlush: () => otlp.forceFlush(),
    shutdown: () => otlp.shutdown(),
  }
}
