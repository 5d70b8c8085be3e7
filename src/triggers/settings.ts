import { parseApiUrl } from '../authsignal/api-url.ts'
import { authsignalClient, type AuthsignalClient } from '../authsignal/client.ts'
import { derivedKey, type MacKey } from '../trigger-protocol/derived-key.ts'

/** One call. Cognito gives a trigger 5 s, cold start included. */
const CALL_TIMEOUT_MS = 2_500
/** Leaves Lambda the time to answer before Cognito hangs up and runs the trigger again. */
export const TRIGGER_DEADLINE_MS = 4_200

/** AuthSessionValidity is at most 15 minutes a round. */
export const LONGEST_SIGN_IN_MS = 60 * 60_000

/** What the triggers are configured with; read once per cold start. */
export interface TriggerSettings {
  authsignal: AuthsignalClient
  actionCode: string
  redirectUrl: string | undefined
  /** Ask the service for the client's context before issuing a challenge (one more round). */
  contextRound: boolean
  keys: { hint: MacKey; context: MacKey; decoy: MacKey }
}

/** @throws Error naming the variable that is missing or wrong, never its value */
export function triggerSettings(env: NodeJS.ProcessEnv): TriggerSettings {
  const secret = required(env, 'AUTHSIGNAL_SECRET')
  const contextRound = env['CONTEXT_ROUND'] || 'off'
  if (contextRound !== 'on' && contextRound !== 'off') throw new Error('CONTEXT_ROUND: on or off')
  const url = apiUrl(env)
  return {
    authsignal: authsignalClient({ secret, url, timeoutMs: CALL_TIMEOUT_MS, loadsAtOnce: true }),
    actionCode: env['ACTION_CODE'] || 'cognitoAuth',
    redirectUrl: env['REDIRECT_URL'] || undefined,
    contextRound: contextRound === 'on',
    keys: {
      hint: derivedKey(secret, 'hint'),
      context: derivedKey(secret, 'context'),
      decoy: derivedKey(secret, 'decoy'),
    },
  }
}

function apiUrl(env: NodeJS.ProcessEnv): string {
  try {
    return parseApiUrl(required(env, 'AUTHSIGNAL_URL'))
  } catch (error) {
    const reason = error instanceof Error ? error.message : ''
    throw new Error(`AUTHSIGNAL_URL ${reason}`, { cause: error })
  }
}

function required(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name]
  if (!value) throw new Error(`${name} is not set`)
  return value
}
