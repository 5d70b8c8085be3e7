import { notingAuthsignal } from '../audit/noting.ts'
import { authsignalClient, type AuthsignalClient } from '../authsignal/client.ts'
import { cognitoClient } from '../cognito/client.ts'
import type { UserPoolOptions } from '../cognito/user-pool.ts'
import type { Config } from '../config.ts'
import { derivedKey } from '../trigger-protocol/derived-key.ts'
import { upstreamGuards, type UpstreamGuards } from '../upstream/guards.ts'
import type { UpstreamObserver } from '../upstream/ports.ts'

/** One call to Authsignal. */
const AUTHSIGNAL_TIMEOUT_MS = 4_000

/** Both upstreams, each behind its guard. */
export interface Upstreams {
  cognito: UserPoolOptions
  authsignal: AuthsignalClient
  guards: UpstreamGuards
  /** For what has no guard, being asked once in a while. */
  observer: UpstreamObserver
}

export function upstreams(config: Config, observer: UpstreamObserver): Upstreams {
  const capacity = config.UPSTREAM_CONCURRENCY
  // Without limits by address there may be one for all clients, such as a server's.
  const sharesByAddress = config.RATE_LIMIT_IP !== undefined
  const guards = upstreamGuards({ capacity, sharesByAddress }, observer)
  const client = cognitoClient({
    region: config.AWS_REGION,
    endpoint: config.COGNITO_ENDPOINT,
    guard: guards.cognito,
    maxSockets: config.UPSTREAM_CONCURRENCY,
    timeoutMs: config.UPSTREAM_TIMEOUT_MS,
  })
  const authsignal = authsignalClient({
    secret: config.AUTHSIGNAL_SECRET,
    url: config.AUTHSIGNAL_URL,
    timeoutMs: AUTHSIGNAL_TIMEOUT_MS,
    guard: guards.authsignal,
  })
  return {
    cognito: poolOptions(config, client),
    authsignal: notingAuthsignal(authsignal),
    guards,
    observer,
  }
}

function poolOptions(config: Config, client: UserPoolOptions['client']): UserPoolOptions {
  return {
    client,
    userPoolId: config.COGNITO_USER_POOL_ID,
    clientId: config.COGNITO_CLIENT_ID,
    clientSecret: config.COGNITO_CLIENT_SECRET,
    signUpKey:
      config.PROVISIONING === 'sign-up'
        ? derivedKey(config.AUTHSIGNAL_SECRET, 'context')
        : undefined,
    usernameForm: config.USERNAME_FORM,
    timeoutMs: config.UPSTREAM_TIMEOUT_MS,
  }
}
