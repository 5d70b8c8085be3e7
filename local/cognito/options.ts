import type { LocalClient } from './clients.ts'
import type { Pool, PoolSettings, Usernames } from './pool.ts'
import type { QuotaSettings } from './quotas/settings.ts'
import { publicName, triggerNames, type Triggers } from './triggers/trigger.ts'

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
  /** As it should be when left out, with a made-up function for each of the triggers. */
  described?: Partial<PoolSettings>
  clients: LocalClient[]
  triggers?: Triggers
  /** Five seconds on AWS and not adjustable there; tests would rather not wait. */
  triggerTimeoutMs?: number
  /** Request rate quotas; none when left out, those of a new account when empty. */
  quotas?: QuotaSettings | undefined
  /** What triggers print and what goes wrong inside; dropped by default. */
  onLog?: (line: string) => void
}

/** An account that nobody has. */
const ACCOUNT_ID = '000000000000'

/** The issuer can be filled in only when the port is known. */
export function poolOf(options: LocalCognitoOptions): Pool {
  const id = options.poolId ?? 'eu-west-1_LocalPool1'
  const region = id.slice(0, id.indexOf('_'))
  return {
    id,
    region,
    issuer: options.issuer ?? '',
    endpoint: '',
    usernames: options.usernames ?? 'email-or-phone',
    caseSensitive: options.caseSensitive ?? false,
    signUpAllowed: options.signUpAllowed ?? false,
    described: {
      accountId: ACCOUNT_ID,
      mfaConfiguration: 'OFF',
      deletionProtection: 'ACTIVE',
      autoVerifiedAttributes: [],
      requiredAttributes: [],
      functions: functionsFor(options.triggers ?? {}, region),
      ...options.described,
    },
  }
}

/** No function has these names: the triggers run in this process. */
function functionsFor(triggers: Triggers, region: string): Record<string, string> {
  const attached = triggerNames.filter((name) => triggers[name] !== undefined).map(publicName)
  return Object.fromEntries(
    attached.map((name) => [name, `arn:aws:lambda:${region}:${ACCOUNT_ID}:function:${name}`]),
  )
}
