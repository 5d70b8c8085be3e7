import { ServiceError } from '../errors.ts'
import type { Digest } from './digests.ts'
import { ExpiringMap } from './expiring-map.ts'
import { PROOF_REMEMBERED_MS, type ReplayLedger } from './ports.ts'

/** About 30 MB when full; it takes 55 proofs a second, all the time, to fill it. */
const PROOFS_KEPT = 200_000
const RETRY_AFTER_SECONDS = 60

/** The ledger of one process: a proof used here still counts at another instance. */
export function memoryLedger(
  digest: Digest,
  options: { limit?: number; now?: () => number } = {},
): ReplayLedger {
  const { limit = PROOFS_KEPT, now = Date.now } = options
  const used = new ExpiringMap<true>({ livesForMs: PROOF_REMEMBERED_MS, limit, now })

  return {
    async claim(id) {
      const key = digest('proof', id)
      if (used.get(key)) return false
      // Dropping the oldest would let it be used again; a flood of proofs must not buy that.
      if (used.isFull) {
        throw new ServiceError('upstream_unavailable', { retryAfter: RETRY_AFTER_SECONDS })
      }
      used.set(key, true)
      return true
    },
  }
}
