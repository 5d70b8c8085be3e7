import type { Upstream, UpstreamReading } from './ports.ts'

/** `unknown`: not asked yet, or not since it was down. */
export type UpstreamStatus = 'up' | 'down' | 'unknown'
export type UpstreamStatuses = Partial<Record<Upstream, UpstreamStatus>>

/**
 * What calls have shown; nobody is asked for it, as that would cost quota and tell less.
 * @param isRedisUp undefined where there is no Redis
 */
export function statusesOf(
  readings: readonly UpstreamReading[],
  isRedisUp: boolean | undefined,
): UpstreamStatuses {
  const statuses: UpstreamStatuses = {}
  for (const reading of readings) statuses[reading.service] = statusOf(reading)
  if (isRedisUp !== undefined) statuses.redis = isRedisUp ? 'up' : 'down'
  return statuses
}

function statusOf({ breaker, hasAnswered }: UpstreamReading): UpstreamStatus {
  if (breaker === 'open') return 'down'
  return breaker === 'closed' && hasAnswered ? 'up' : 'unknown'
}
