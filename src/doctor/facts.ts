import type { UserPoolClientType, UserPoolType } from '@aws-sdk/client-cognito-identity-provider'
import type { Config } from '../config.ts'

/** Something as it was seen, or that it is not there, or that nobody could tell. */
export type Looked<Thing> = { seen: Thing } | { missing: string } | { unseen: string; fix?: string }

/** The administrative calls the service may make. */
export type Permission =
  | 'AdminCreateUser'
  | 'AdminGetUser'
  | 'AdminUpdateUserAttributes'
  | 'ListUsers'

export interface AuthsignalAnswer {
  verdict: 'accepted' | 'refused' | 'no_authsignal'
  status: number
  /** Where the secret key is good, if not where the configuration says. */
  rightUrl?: string
}

export type RedisAnswer =
  /** It is there and will not have us. */
  | { refused: string }
  | {
      /** Commands it does not allow. */
      denied: readonly string[]
      /** Undefined where it does not tell. */
      evictionPolicy: string | undefined
      isCluster: boolean
    }

/** Everything the checks go by. They ask nobody themselves. */
export interface Facts {
  config: Config
  pool: Looked<UserPoolType>
  client: Looked<UserPoolClientType>
  signingKeys: Looked<'published'>
  permissions: Record<Permission, Looked<'allowed' | 'denied'>>
  authsignal: Looked<AuthsignalAnswer>
  /** Milliseconds by which our clock is ahead of theirs. */
  clocks: Record<'Cognito' | 'Authsignal', Looked<number>>
  redis: Looked<RedisAnswer>
}
