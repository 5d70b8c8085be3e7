import { stringIn } from '../json.ts'
import { failureOf, thrown, type Confirmed, type DeviceFailure } from './outcomes.ts'
import type { SdkAnswer } from './sdk.ts'

/**
 * One call of the SDK that asks the device, and through it the person. No deadline but the browser's
 * own: somebody may have to go and find a key. Never rejects.
 */
export async function confirmedBy(call: () => Promise<SdkAnswer>): Promise<Confirmed> {
  if (!supportsWebAuthn()) return { outcome: 'unsupported' }
  try {
    const answer = await call()
    if (answer.error !== undefined) return deviceFailureOf(answer.errorCode)
    const token = stringIn(answer.data, 'token')
    return token ? { outcome: 'verified', token } : { outcome: 'unavailable' }
  } catch (error) {
    return refusal(error)
  }
}

export function supportsWebAuthn(): boolean {
  return 'PublicKeyCredential' in globalThis
}

function deviceFailureOf(errorCode: string | undefined): DeviceFailure {
  const isRefused = errorCode === 'invalid_credential' || errorCode === 'unknown_credential'
  return isRefused ? { outcome: 'refused' } : failureOf(errorCode)
}

/** What WebAuthn refuses is thrown, under the names that the standard gives it. */
const BY_NAME: Readonly<Record<string, DeviceFailure>> = {
  NotAllowedError: { outcome: 'cancelled' },
  // Another request has taken the place of this one.
  AbortError: { outcome: 'cancelled' },
  InvalidStateError: { outcome: 'already_enrolled' },
  SecurityError: { outcome: 'unsupported' },
  NotSupportedError: { outcome: 'unsupported' },
}

function refusal(error: unknown): DeviceFailure {
  const name = error instanceof Error ? error.name : ''
  return (Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : undefined) ?? thrown(error)
}
