import { setTimeout as sleep } from 'node:timers/promises'
import { FastifyOtelInstrumentation } from '@fastify/otel'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { IsTrusted } from '../http/trusted-peers.ts'
import { VERSION } from '../version.ts'
import { traceExporter } from './exporter.ts'
import type { Tracing } from './ports.ts'
import { requestSpans } from './request-spans.ts'
import { upstreamSpans } from './upstream-spans.ts'

export interface TracingOptions {
  url: string
  headers: Readonly<Record<string, string>>
  serviceName: string
  /** Of the requests whose trace begins here, 0 to 1. */
  share: number
  /** Whose word counts on which trace a request belongs to. */
  isTrusted: IsTrusted
}

/** Spans that wait for delivery; with an exporter that is down, more are dropped. */
const MAX_QUEUE = 2_048
const BATCH = 512
const EVERY_MS = 2_000
const EXPORT_TIMEOUT_MS = 4_000
/** The end of the process does not wait longer for the last spans. */
const FLUSH_MS = 2_000
const SCOPE = 'cognito-authsignal-bff'

/** Tracing by OpenTelemetry. Import lazily: it costs time and memory that only traces are worth. */
export function openTelemetry(options: TracingOptions): Tracing {
  let log: FastifyBaseLogger | undefined
  const provider = tracerProvider(options, () => log)
  // Brings the context of the present span along asynchronous work, and reads W3C's traceparent.
  provider.register()
  // What `register` makes global is the first in a process; this service's spans go to its own.
  const instrumentation = new FastifyOtelInstrumentation({
    instrumentHandler: false,
    instrumentHooks: false,
    recordExceptions: false,
    requestHook: (span, { method, routeOptions: { url } }) => {
      span.updateName(url === undefined ? method : `${method} ${url}`)
    },
  })
  instrumentation.setTracerProvider(provider)
  return {
    async instrument(app: FastifyInstance) {
      log = app.log
      await requestSpans(app, instrumentation.plugin(), options.isTrusted)
      app.addHook('onClose', async () => {
        // What could not be delivered has been told of by the exporter.
        const flushed = provider.shutdown().catch(() => {})
        await Promise.race([flushed, sleep(FLUSH_MS, undefined, { ref: false })])
      })
    },
    observer: upstreamSpans(provider.getTracer(SCOPE, VERSION)),
  }
}

function tracerProvider(
  { url, headers, serviceName, share }: TracingOptions,
  log: () => FastifyBaseLogger | undefined,
): NodeTracerProvider {
  return new NodeTracerProvider({
    // Nothing is detected: hosts, commands and environments are the operator's to tell.
    resource: resourceFromAttributes({ 'service.name': serviceName, 'service.version': VERSION }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(share) }),
    spanProcessors: [
      new BatchSpanProcessor(traceExporter({ url, headers, log }), {
        maxQueueSize: MAX_QUEUE,
        maxExportBatchSize: BATCH,
        scheduledDelayMillis: EVERY_MS,
        exportTimeoutMillis: EXPORT_TIMEOUT_MS,
      }),
    ],
  })
}
