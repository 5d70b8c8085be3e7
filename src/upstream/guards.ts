import { authsignalOutcome } from '../authsignal/failure.ts'
import { WITH_TRIGGERS } from '../cognito/client.ts'
import { cognitoOutcome } from '../cognito/exceptions.ts'
import { upstreamGuard } from './guard.ts'
import type { UpstreamObserver, UpstreamReading } from './ports.ts'

export interface UpstreamGuards {
  cognito: ReturnType<typeof upstreamGuard>
  authsignal: ReturnType<typeof upstreamGuard>
  readings: () => UpstreamReading[]
}

/**
 * The triggers track real users, and the service nobody's: what else fails here must not stop the
 * latter only, which would tell who is who.
 */
const OF_DECOYS: ReadonlySet<string> = new Set(['track'])

export interface GuardSettings {
  /** The most calls to each of them at a time. */
  capacity: number
  /** Of the calls to Cognito; those of decoys to Authsignal must not be refused where real ones go. */
  sharesByAddress: boolean
}

export function upstreamGuards(
  { capacity, sharesByAddress }: GuardSettings,
  observer: UpstreamObserver,
): UpstreamGuards {
  const cognito = upstreamGuard({
    service: 'cognito',
    capacity,
    sharesByAddress,
    apart: WITH_TRIGGERS,
    outcomeOf: cognitoOutcome,
    observer,
  })
  const authsignal = upstreamGuard({
    service: 'authsignal',
    capacity,
    apart: OF_DECOYS,
    outcomeOf: authsignalOutcome,
    observer,
  })
  return { cognito, authsignal, readings: () => [cognito.reading(), authsignal.reading()] }
}
