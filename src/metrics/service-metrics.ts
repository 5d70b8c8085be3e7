import { collectDefaultMetrics, Registry } from 'prom-client'
import type { RecordEvent } from '../audit/events.ts'
import type { UpstreamObserver } from '../upstream/ports.ts'
import { metricKit } from './kit.ts'
import {
  protectionMetrics,
  type ProtectionMetrics,
  type ProtectionSources,
} from './protection-metrics.ts'
import { requestMetrics, type RequestMetrics } from './request-metrics.ts'
import { signInMetrics } from './sign-in-metrics.ts'
import { upstreamMetrics, type UpstreamSources } from './upstream-metrics.ts'

type Sources = Partial<UpstreamSources & ProtectionSources>

/** All that one service counts. Labels are closed sets, so that its size has a bound. */
export interface ServiceMetrics {
  registry: Registry
  requests: RequestMetrics
  upstream: UpstreamObserver
  onEvent: RecordEvent
  protection: ProtectionMetrics
  /** What can be asked for its state whenever somebody looks. */
  read(from: Sources): void
  /** CPU, memory, event-loop delay and garbage collection of the process; once per process. */
  watchProcess(): void
}

export function serviceMetrics(): ServiceMetrics {
  const registry = new Registry()
  const kit = metricKit(registry)
  let sources: Sources = {}
  return {
    registry,
    requests: requestMetrics(kit),
    upstream: upstreamMetrics(kit, () => sources),
    onEvent: signInMetrics(kit),
    protection: protectionMetrics(kit, () => sources),
    read(from) {
      sources = { ...sources, ...from }
    },
    watchProcess() {
      collectDefaultMetrics({ register: registry, prefix: 'bff_' })
    },
  }
}
