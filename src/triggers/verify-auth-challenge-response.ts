import { audited } from './audited.ts'
import type { VerifyEvent } from './events.ts'
import { guarded } from './guard.ts'
import { markVerified } from './mark-verified.ts'
import { triggerSettings } from './settings.ts'
import { verifyProof } from './verify-proof.ts'

const deps = audited('verify-auth-challenge-response', {
  ...triggerSettings(process.env),
  markVerified: markVerified(process.env),
})

export function handler(event: VerifyEvent): Promise<VerifyEvent> {
  return guarded('verify-auth-challenge-response', () => verifyProof(deps, event))
}
