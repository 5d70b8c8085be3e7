import type { Clock } from '../support/clock.ts'
import type { Clients } from './clients.ts'
import type { Pool } from './pool.ts'
import type { SessionStore } from './sign-in/session-store.ts'
import type { AccessTokens } from './tokens/access-tokens.ts'
import type { Grants } from './tokens/grants.ts'
import type { TokenIssuer } from './tokens/token-issuer.ts'
import type { TriggerRunner } from './triggers/trigger-runner.ts'
import type { UserStore } from './users/user-store.ts'

/** Everything the operations share; each of them names the few it uses. */
export interface Services {
  pool: Pool
  clock: Clock
  clients: Clients
  users: UserStore
  sessions: SessionStore
  grants: Grants
  tokenIssuer: TokenIssuer
  accessTokens: AccessTokens
  triggers: TriggerRunner
}

export type Needs<K extends keyof Services> = Pick<Services, K>
