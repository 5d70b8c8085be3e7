import type { LocalClient } from './clients.ts'
import type { Pool, Usernames } from './pool.ts'
import type { Triggers } from './triggers/trigger.ts'

export interface LocalCognitoOptions {
  /** 0, the default, picks a free one. */
  port?: number
  host?: string
  /** The part before the underscore is the region. */
  poolId?: string
  /** Where tokens claim to come from; the stand-in's own address when left out. */
  issuer?: string
  /** UsernameAttributes [email, phone_number] (default), AliasAttributes of the same, or neither. */
  usernames?: Usernames
  caseSensitive?: boolean
  /** Off by default: AllowAdminCreateUserOnly. */
  signUpAllowed?: boolean
  clients: LocalClient[]
  triggers?: Triggers
  /** Five seconds on AWS and not adjustable there; tests would rather not wait. */
  triggerTimeoutMs?: number
  /** What triggers print and what goes wrong inside; dropped by default. */
  onLog?: (line: string) => void
}

/** The issuer can be filled in only when the port is known. */
export function poolOf(options: LocalCognitoOptions): Pool {
  const id = options.poolId ?? 'eu-west-1_LocalPool1'
  return {
    id,
    region: id.slice(0, id.indexOf('_')),
    issuer: options.issuer ?? '',
    endpoint: '',
    usernames: options.usernames ?? 'email-or-phone',
    caseSensitive: options.caseSensitive ?? false,
    signUpAllowed: options.signUpAllowed ?? false,
  }
}
