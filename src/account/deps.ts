import type { AuthsignalClient } from '../authsignal/client.ts'
import type { ReplayLedger, WithLock } from '../shared-state/ports.ts'
import type { SharedRefreshes, VerifyAccessToken } from '../tokens/ports.ts'
import type { AttemptKeys } from './attempt-key.ts'
import type { Accounts } from './ports.ts'
import type { ProfileField } from './profile.ts'

/** What the account endpoints need; made once in service.ts. */
export interface AccountServices {
  verifyAccessToken: VerifyAccessToken
  accounts: Accounts
  authsignal: AuthsignalClient
  attempts: AttemptKeys
  ledger: ReplayLedger
  withLock: WithLock
  refreshes: Pick<SharedRefreshes, 'forget'>
  settings: AccountSettings
  now: () => number
}

/** The same for one request. */
export interface AccountDeps extends AccountServices {
  /** Ends all that this request asks of both upstreams. */
  signal: AbortSignal
}

export interface AccountSettings {
  /** The Authsignal action of sign-ins, which no step-up may be of. */
  actionCode: string
  /** What users may change of their profile. */
  profileFields: readonly ProfileField[]
  /** How long after a sign-in or step-up a user may change the ways in. */
  recentMs: number
  allowedRedirectUrls: readonly string[]
  /** Deadline of all the calls to both upstreams that one request makes. */
  upstreamTimeoutMs: number
}
