import type { TriggerEventName } from '../audit/events.ts'
import type { AuthsignalClient } from '../authsignal/client.ts'
import { isBlocked } from '../trigger-protocol/states.ts'
import { log, type LogFields } from './log.ts'
import type { TriggerSettings } from './settings.ts'

/**
 * The same settings, with an audit line for whatever Authsignal is asked about a sign-in: the rules
 * that matched, and how it was proven, are seen nowhere else. The idempotency key joins the lines with
 * those of the service; no user and no address is in them.
 */
export function audited<Settings extends TriggerSettings>(
  trigger: string,
  settings: Settings,
): Settings {
  return { ...settings, authsignal: logging(trigger, settings.authsignal) }
}

function logging(trigger: string, client: AuthsignalClient): AuthsignalClient {
  const tell = (event: TriggerEventName, fields: LogFields) =>
    log('info', 'audit', { audit: true, trigger, event, ...fields })

  return {
    ...client,
    async track(input) {
      const tracked = await client.track(input)
      const { state, ruleIds } = tracked
      tell(isBlocked(state) ? 'challenge_blocked' : 'challenge_tracked', {
        state: name(state),
        idempotencyKey: input.idempotencyKey,
        ruleIds: ruleIds.map(name),
      })
      return tracked
    },
    async validate(input) {
      const validation = await client.validate(input)
      const { state, idempotencyKey, method } = validation
      tell('proof_validated', {
        state: name(state),
        idempotencyKey: name(idempotencyKey),
        verificationMethod: name(method),
      })
      return validation
    },
  }
}

/** Authsignal's words are names; a log takes nothing else. */
function name(word: string | undefined): string {
  return word !== undefined && /^[\w-]{1,64}$/.test(word) ? word : ''
}
