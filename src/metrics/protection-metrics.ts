import type { RuleName } from '../limits/ports.ts'
import type { Priority } from '../priority.ts'
import type { MetricKit } from './kit.ts'
import { LIMIT_RULES, PRIORITIES, REDIS_OPERATIONS } from './labels.ts'

export interface ProtectionSources {
  /** Of how many phone prefixes starts are refused. */
  prefixBreakers: () => number
  /** Undefined where there is no Redis. */
  isRedisUp: () => boolean | undefined
}

export interface ProtectionMetrics {
  /** A limit has refused a request. */
  onLimited: (rule: RuleName) => void
  /** A request was turned away for want of capacity. */
  onShed: (priority: Priority) => void
  /** Redis is there, and has not done what it was asked. */
  onRedisRefused: (operation: string) => void
}

export function protectionMetrics(
  kit: MetricKit,
  sources: () => Partial<ProtectionSources>,
): ProtectionMetrics {
  const limited = kit.counter({
    name: 'bff_limited_total',
    help: 'Requests refused by each limit.',
    labels: { rule: LIMIT_RULES },
  })
  const shed = kit.counter({
    name: 'bff_shed_total',
    help: 'Requests turned away for want of capacity.',
    labels: { priority: PRIORITIES },
  })
  const redisRefused = kit.counter({
    name: 'bff_redis_refused_total',
    help: 'Commands that Redis did not take while it was there: no permission, no memory.',
    labels: { operation: REDIS_OPERATIONS },
  })
  kit.gauge(
    {
      name: 'bff_prefix_breakers_open',
      help: 'Phone prefixes of which starts have been refused in the last minute.',
      labels: {},
    },
    (set) => set({}, sources().prefixBreakers?.() ?? 0),
  )
  kit.gauge(
    { name: 'bff_redis_up', help: '1 while Redis is there; missing without one.', labels: {} },
    (set) => {
      const isUp = sources().isRedisUp?.()
      if (isUp !== undefined) set({}, isUp ? 1 : 0)
    },
  )
  return {
    onLimited: (rule) => limited({ rule }),
    onShed: (priority) => shed({ priority }),
    onRedisRefused: (operation) => redisRefused({ operation }),
  }
}
