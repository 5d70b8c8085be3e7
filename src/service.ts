import type { FastifyInstance } from 'fastify'
import { buildApp, type AppOptions } from './app.ts'
import { auditLog } from './audit/audit-log.ts'
import { audited } from './audit/audited.ts'
import type { RecordEvent } from './audit/events.ts'
import type { Config } from './config.ts'
import type { LogStream } from './http/log-stream.ts'
import { loggerOptions } from './http/logging.ts'
import { limits } from './limits/limits.ts'
import { serviceMetrics, type ServiceMetrics } from './metrics/service-metrics.ts'
import { digests } from './shared-state/digests.ts'
import { sharedState, type SharedState } from './shared-state/shared-state.ts'
import { configuredTracing } from './tracing/tracing.ts'
import { derivedKey } from './trigger-protocol/derived-key.ts'
import { breakerLog, observers } from './upstream/observers.ts'
import type { UpstreamReading } from './upstream/ports.ts'
import { statusesOf, type UpstreamStatuses } from './upstream/status.ts'
import { VERSION } from './version.ts'
import { audienceOf, limitSettings } from './wiring/settings.ts'
import { upstreams } from './wiring/upstreams.ts'
import { contextKey, useCases } from './wiring/use-cases.ts'

/** What a request may take beside its calls to Cognito. */
const BESIDE_COGNITO_MS = 5_000
/** Many requests wait for one call: those who refresh together, and those who wait for the floor. */
const REQUESTS_PER_CALL = 5

declare module 'fastify' {
  interface FastifyInstance {
    metrics: ServiceMetrics
    upstreams: { readings(): UpstreamReading[]; statuses(): UpstreamStatuses }
  }
}

/**
 * The service as configured, wired and not yet listening.
 * @param stream where log lines go; standard output when left out
 */
export async function buildService(config: Config, stream?: LogStream): Promise<FastifyInstance> {
  const tracing = await configuredTracing(config)
  const metrics = serviceMetrics()
  const observer = observers([
    metrics.upstream,
    breakerLog(() => app.log),
    ...(tracing === undefined ? [] : [tracing.observer]),
  ])
  const parts = upstreams(config, observer)
  const shared = sharedStateOf(config, metrics.protection.onRedisRefused)
  const limiting = limits({
    settings: limitSettings(config),
    shared: shared.limiter,
    onLimited: metrics.protection.onLimited,
  })
  const record = recorders(metrics.onEvent, auditSink(config, stream))
  const all = useCases({ config, upstreams: parts, shared, limiting })
  const app = await buildApp(audited(all, record, contextKey(config)), {
    ...appOptions(config, stream),
    limits: limiting,
    metrics: metrics.requests,
    shedding: {
      mostRequests: config.UPSTREAM_CONCURRENCY * REQUESTS_PER_CALL,
      delayMs: config.MAX_EVENT_LOOP_DELAY_MS,
      onShed: metrics.protection.onShed,
    },
    tracing,
  })
  const readings = () => parts.guards.readings()
  const isRedisUp = () => shared.isRedisUp()
  metrics.read({ upstreams: readings, prefixBreakers: () => limiting.prefixBreakers(), isRedisUp })
  app.decorate('metrics', metrics)
  app.decorate('upstreams', { readings, statuses: () => statusesOf(readings(), isRedisUp()) })
  app.addHook('onReady', async () => shared.open(app.log))
  // Runs when the last request has been answered.
  app.addHook('onClose', () => shared.close())
  return app
}

function appOptions(config: Config, stream: LogStream | undefined): AppOptions {
  return {
    version: VERSION,
    logger: {
      ...loggerOptions(config.LOG_LEVEL),
      ...(stream === undefined ? {} : { stream }),
    },
    corsOrigins: config.CORS_ORIGINS,
    trustProxy: config.TRUST_PROXY,
    hstsMaxAge: config.HSTS_MAX_AGE,
    deadlineMs:
      Math.max(config.UPSTREAM_TIMEOUT_MS, config.START_SIGN_IN_FLOOR_MS) + BESIDE_COGNITO_MS,
  }
}

function sharedStateOf(config: Config, onRefused: (operation: string) => void): SharedState {
  return sharedState({
    redisUrl: config.REDIS_URL,
    digestKey: derivedKey(config.AUTHSIGNAL_SECRET, 'shared state'),
    sessionKeys: config.SESSION_KEYS,
    audience: audienceOf(config),
    upstreamTimeoutMs: config.UPSTREAM_TIMEOUT_MS,
    onRefused,
  })
}

function recorders(...all: readonly RecordEvent[]): RecordEvent {
  return (event) => all.forEach((record) => record(event))
}

/** Where audit events are written to. */
function auditSink(config: Config, stream: LogStream | undefined): RecordEvent {
  if (config.AUDIT_LOG === 'off') return () => {}
  const digest = digests(derivedKey(config.AUTHSIGNAL_SECRET, 'audit'), audienceOf(config))
  return auditLog({ digest, address: config.LOG_IP, stream })
}
