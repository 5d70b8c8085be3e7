import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'
import { UndiciHttpHandler } from '@smithy/undici-http-handler'
import { abortable, heedingSignals, signalOf } from './abortable.ts'
import { onceMore } from '../upstream/once-more.ts'
import type { UpstreamGuard } from '../upstream/ports.ts'
import { unguarded } from '../upstream/unguarded.ts'
import { until } from '../until.ts'
import { wasLost, wasNeverSent } from './exceptions.ts'
import { straightCalls } from './straight-calls.ts'
import { wholeAnswers } from './whole-answers.ts'

/** Above the sockets one instance needs at the default quota of 120 sign-ins per second. */
const MAX_SOCKETS = 200
const CONNECTION_TIMEOUT_MS = 3_000
/** Above what three triggers may take, 5 s each. */
const LONGEST_CALL_MS = 16_000
/**
 * Steps of the SDK that do nothing here and are paid for with each call: there is no logger and no
 * Lambda around it, and what the user agent would tell is the SDK's telemetry.
 */
const UNUSED_STEPS = ['loggerMiddleware', 'recursionDetectionMiddleware', 'getUserAgentMiddleware']
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
  /** The longest that any request takes. */
  timeoutMs?: number
}): CognitoIdentityProviderClient {
  const { region, endpoint, guard = unguarded, maxSockets = MAX_SOCKETS } = options
  const { timeoutMs = LONGEST_CALL_MS } = options
  const requestHandler = heedingSignals(
    new UndiciHttpHandler({
      // @ts-expect-error It hands on the body as it is, and the SDK takes a stream or the whole of it.
      dispatcher: wholeAnswers({
        connections: maxSockets,
        connect: { timeout: CONNECTION_TIMEOUT_MS },
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      }),
    }),
  )
  const client = new CognitoIdentityProviderClient({
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    cacheMiddleware: true,
    // Also the handler of the calls to STS for credentials: one that hung for good would keep all
    // later calls waiting for it.
    requestHandler,
    retryStrategy: { retry: (next, args) => next(args) },
  })
  client.middlewareStack.add(
    (next, { commandName = '' }) => {
      const operation = commandName.replace(/Command$/, '')
      const mayRepeat = REPEATABLE.has(operation)
        ? (error: unknown) => wasNeverSent(error) || wasLost(error)
        : wasNeverSent
      // The SDK heeds the signal once it sends, and not while it looks for credentials.
      return (args) => {
        const signal = signalOf(args.input) ?? AbortSignal.timeout(timeoutMs)
        return guard.call(operation, () =>
          until(signal, () => onceMore(() => next(args), mayRepeat), aborted),
        )
      }
    },
    { step: 'initialize', priority: 'high', name: 'upstreamGuard' },
  )
  straightCalls(client, requestHandler)
  for (const step of UNUSED_STEPS) client.middlewareStack.remove(step)
  return abortable(client)
}

/** As the SDK says it. */
function aborted(): Error {
  return new DOMException('Request aborted', 'AbortError')
}
