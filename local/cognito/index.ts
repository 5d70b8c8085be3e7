import type { Clock } from '../support/clock.ts'
import type { FaultInjector } from '../support/faults.ts'
import { localServer, type Call } from '../support/local-server.ts'
import { Clients } from './clients.ts'
import { operations } from './operations/index.ts'
import { poolOf, type LocalCognitoOptions } from './options.ts'
import { normalised, type Pool } from './pool.ts'
import { dispatch, operationOf } from './protocol/dispatch.ts'
import { wellKnown } from './protocol/well-known.ts'
import { Quotas } from './quotas/quotas.ts'
import type { Services } from './services.ts'
import { SessionStore } from './sign-in/session-store.ts'
import { AccessTokens } from './tokens/access-tokens.ts'
import { Grants } from './tokens/grants.ts'
import { generateSigningKeys, type SigningKeys } from './tokens/signing-keys.ts'
import { TokenIssuer } from './tokens/token-issuer.ts'
import { TriggerRunner, type Invocation } from './triggers/trigger-runner.ts'
import { localUsers, type LocalUsers } from './users/local-users.ts'
import { UserStore } from './users/user-store.ts'

export type { LocalClient } from './clients.ts'
export type { LocalCognitoOptions } from './options.ts'
export type { QuotaCounts } from './quotas/quotas.ts'
export { readQuotas, type QuotaSettings } from './quotas/settings.ts'
export { awsFault } from './protocol/answers.ts'
export { secretHashOf } from './sign-in/secret-hash.ts'
export type { Invocation } from './triggers/trigger-runner.ts'
export type { Trigger, TriggerEvent, TriggerName } from './triggers/trigger.ts'
export type { LocalUsers, PutUser } from './users/local-users.ts'
export type { User, UserStatus } from './users/user.ts'

export interface LocalCognito {
  url: string
  poolId: string
  issuer: string
  jwksUrl: string
  calls: Call[]
  faults: FaultInjector
  clock: Clock
  quotas: Pick<Quotas, 'takeCounts'>
  /** Nobody listens until what it answers is called. */
  refuse(): Promise<() => Promise<void>>
  users: LocalUsers
  triggers: { invocations: Invocation[] }
  close(): Promise<void>
}

/** One user pool in this process: no account, no network, nothing kept after it is closed. */
export async function startLocalCognito(options: LocalCognitoOptions): Promise<LocalCognito> {
  const server = localServer(operationOf)
  const { app, clock, calls, faults } = server
  const onLog = options.onLog ?? (() => {})
  const pool = poolOf(options)
  // Not waited for: it takes a while, and only tokens need them.
  const keys = generateSigningKeys()
  const services = servicesOf(options, { pool, keys, clock, onLog })
  const quotas = new Quotas(
    options.quotas,
    clock,
    (name) => services.users.find(name)?.username ?? normalised(pool, name),
  )
  dispatch(app, operations(services), (...call) => quotas.take(...call), onLog)
  wellKnown(app, pool, keys)
  const url = await server.listen(options.port, options.host)
  pool.endpoint = url
  pool.issuer ||= `${url}/${pool.id}`
  return {
    url,
    poolId: pool.id,
    issuer: pool.issuer,
    jwksUrl: `${url}/${pool.id}/.well-known/jwks.json`,
    calls,
    faults,
    clock,
    quotas,
    refuse: () => server.refuse(),
    users: localUsers(services),
    triggers: { invocations: services.triggers.invocations },
    async close() {
      await server.close()
      await services.triggers.close()
    },
  }
}

interface Basics {
  pool: Pool
  keys: Promise<SigningKeys>
  clock: Clock
  onLog: (line: string) => void
}

function servicesOf(options: LocalCognitoOptions, { pool, keys, clock, onLog }: Basics): Services {
  const users = new UserStore(pool, clock)
  const grants = new Grants(clock)
  const timeoutMs = options.triggerTimeoutMs ?? 5000
  return {
    pool,
    clock,
    clients: new Clients(options.clients),
    users,
    sessions: new SessionStore(clock),
    grants,
    tokenIssuer: new TokenIssuer(pool, keys, clock),
    accessTokens: new AccessTokens(pool, keys, grants, users, clock),
    triggers: new TriggerRunner({
      pool,
      clock,
      triggers: options.triggers ?? {},
      timeoutMs,
      onLog,
    }),
  }
}
