import type { Config } from '../config.ts'
import { trustedPeers } from '../http/trusted-peers.ts'
import type { Tracing } from './ports.ts'

type TracingConfig = Pick<
  Config,
  | 'OTEL_EXPORTER_OTLP_ENDPOINT'
  | 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'
  | 'OTEL_EXPORTER_OTLP_HEADERS'
  | 'OTEL_SERVICE_NAME'
  | 'OTEL_TRACES_SAMPLER_ARG'
  | 'TRUST_PROXY'
>

/** Undefined where no exporter is configured: then nothing of OpenTelemetry is even loaded. */
export async function configuredTracing(config: TracingConfig): Promise<Tracing | undefined> {
  const base = config.OTEL_EXPORTER_OTLP_ENDPOINT
  const url = config.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? (base && `${base}/v1/traces`)
  if (url === undefined) return undefined
  const { openTelemetry } = await import('./open-telemetry.ts')
  return openTelemetry({
    url,
    headers: config.OTEL_EXPORTER_OTLP_HEADERS ?? {},
    serviceName: config.OTEL_SERVICE_NAME,
    share: config.OTEL_TRACES_SAMPLER_ARG,
    isTrusted: trustedPeers(config.TRUST_PROXY),
  })
}
