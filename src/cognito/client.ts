import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'

/** Above the sockets one instance needs at the default quota of 120 sign-ins per second. */
const MAX_SOCKETS = 200
const CONNECTION_TIMEOUT_MS = 3_000

/**
 * One client per process. It never retries by itself: a repeated RespondToAuthChallenge meets a
 * spent Session and turns a success into a refusal, and the SDK would also hammer a user-level
 * limit (LimitExceededException) three times.
 */
export function cognitoClient(options: {
  region: string
  endpoint?: string | undefined
}): CognitoIdentityProviderClient {
  return new CognitoIdentityProviderClient({
    region: options.region,
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    maxAttempts: 1,
    cacheMiddleware: true,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      httpsAgent: { keepAlive: true, maxSockets: MAX_SOCKETS },
      httpAgent: { keepAlive: true, maxSockets: MAX_SOCKETS },
    },
  })
}
