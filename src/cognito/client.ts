import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'
import { onceMore } from '../upstream/once-more.ts'
import type { UpstreamGuard } from '../upstream/ports.ts'
import { unguarded } from '../upstream/unguarded.ts'
import { wasLost, wasNeverSent } from './exceptions.ts'

/** Above the sockets one instance needs at the default quota of 120 sign-ins per second. */
const MAX_SOCKETS = 200
const CONNECTION_TIMEOUT_MS = 3_000
/** Wait for our triggers, and so for Authsignal: refreshes must not stop when that is away. */
export const WITH_TRIGGERS: ReadonlySet<string> = new Set([
  'InitiateAuth',
  'RespondToAuthChallenge',
  'SignUp',
  'AdminCreateUser',
])
/** What changes nothing, or nothing more the second time. */
const REPEATABLE = new Set(['GetUser', 'ListUsers', 'AdminGetUser', 'RevokeToken'])

/**
 * One client per process. The SDK never retries by itself: a repeated RespondToAuthChallenge meets a
 * spent Session and turns a success into a refusal, a repeated GetTokensFromRefreshToken ends the
 * session where tokens rotate, and it would also hammer a user-level limit (LimitExceededException)
 * three times. Throttles are passed on: more calls are the last thing a used up quota needs.
 */
export function cognitoClient(options: {
  region: string
  endpoint?: string | undefined
  guard?: UpstreamGuard
  /** At least what the guard lets through, so that nothing waits for a socket. */
  maxSockets?: number
}): CognitoIdentityProviderClient {
  const { region, endpoint, guard = unguarded, maxSockets = MAX_SOCKETS } = options
  const client = new CognitoIdentityProviderClient({
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    maxAttempts: 1,
    cacheMiddleware: true,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      httpsAgent: { keepAlive: true, maxSockets },
      httpAgent: { keepAlive: true, maxSockets },
    },
  })
  client.middlewareStack.add(
    (next, { commandName = '' }) => {
      const operation = commandName.replace(/Command$/, '')
      const mayRepeat = REPEATABLE.has(operation)
        ? (error: unknown) => wasNeverSent(error) || wasLost(error)
        : wasNeverSent
      return (args) => guard.call(operation, () => onceMore(() => next(args), mayRepeat))
    },
    { step: 'initialize', priority: 'high', name: 'upstreamGuard' },
  )
  return client
}
