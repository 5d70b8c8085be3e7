import { setTimeout as sleep } from 'node:timers/promises'
import { ServiceError } from '../errors.ts'

const POLL_MS = 50

/**
 * Lets a moment pass before Redis is asked again.
 * @throws ServiceError `upstream_timeout` when the signal says so
 */
export async function pause(signal: AbortSignal, operation: string): Promise<void> {
  await sleep(POLL_MS, undefined, { signal }).catch(() => {
    throw new ServiceError('upstream_timeout', {
      upstream: { service: 'redis', operation, reason: 'somebody else is slow' },
    })
  })
}
