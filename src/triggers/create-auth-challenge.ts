import { audited } from './audited.ts'
import { createChallenge } from './create-challenge.ts'
import type { CreateEvent } from './events.ts'
import { guarded } from './guard.ts'
import { triggerSettings } from './settings.ts'

const settings = audited('create-auth-challenge', triggerSettings(process.env))

export function handler(event: CreateEvent): Promise<CreateEvent> {
  return guarded('create-auth-challenge', () => createChallenge(settings, event))
}
