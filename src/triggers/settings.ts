import { authsignalClient, type AuthsignalClient } from '../authsignal/client.ts'
import { derivedKey } from '../trigger-protocol/derived-key.ts'

/** One call; a create may make three, a verify two at once, and Cognito gives a trigger 5 s. */
const CALL_TIMEOUT_MS = 3_000
/** Leaves Lambda the time to answer before Cognito hangs up and runs the trigger again. */
export const TRIGGER_DEADLINE_MS = 4_200

/** What the triggers are configured with; read once per cold start. */
export interface TriggerSettings {
  authsignal: AuthsignalClient
  actionCode: string
  redirectUrl: string | undefined
  /** Ask the service for the client's context before issuing a challenge (one more round). */
  contextRound: boolean
  keys: { hint: Buffer; context: Buffer }
}

/** @throws Error naming the variable that is missing or wrong, never its value */
export function triggerSettings(env: NodeJS.ProcessEnv): TriggerSettings {
  const secret = required(env, 'AUTHSIGNAL_SECRET')
  const contextRound = env['CONTEXT_ROUND'] || 'off'
  if (contextRound !== 'on' && contextRound !== 'off') throw new Error('CONTEXT_ROUND: on or off')
  const url = required(env, 'AUTHSIGNAL_URL')
  return {
    authsignal: authsignalClient({ secret, url, timeoutMs: CALL_TIMEOUT_MS }),
    actionCode: env['ACTION_CODE'] || 'cognitoAuth',
    redirectUrl: env['REDIRECT_URL'] || undefined,
    contextRound: contextRound === 'on',
    keys: { hint: derivedKey(secret, 'hint'), context: derivedKey(secret, 'context') },
  }
}

function required(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name]
  if (!value) throw new Error(`${name} is not set`)
  return value
}
