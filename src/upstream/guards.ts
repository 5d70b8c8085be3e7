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

/** @param capacity the most calls to each of them at a time */
export function upstreamGuards(capacity: number, observer: UpstreamObserver): UpstreamGuards {
  const cognito = upstreamGuard({
    service: 'cognito',
    capacity,
    apart: WITH_TRIGGERS,
    outcomeOf: cognitoOutcome,
    observer,
  })
  const authsignal = upstreamGuard({
    service: 'authsignal',
    capacity,
    outcomeOf: authsignalOutcome,
    observer,
  })
  return { cognito, authsignal, readings: () => [cognito.reading(), authsignal.reading()] }
}
