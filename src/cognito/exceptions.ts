import { ServiceError, type ErrorCode } from '../errors.ts'
import { currentRequest } from '../request-context.ts'
import type { ThrownOutcome } from '../upstream/ports.ts'
import { TRIGGER_ERRORS } from '../trigger-protocol/words.ts'

/** Seconds; Cognito's quotas are per second, a limit on one user lasts longer. */
const RETRY_AFTER = { throttled: 1, limited: 60, down: 5 }

/** Client errors that mean "later" rather than "wrong". */
const TRY_LATER = new Map([
  ['TooManyRequestsException', RETRY_AFTER.throttled],
  ['ThrottlingException', RETRY_AFTER.throttled],
  ['LimitExceededException', RETRY_AFTER.limited],
  ['TooManyFailedAttemptsException', RETRY_AFTER.limited],
  ['InternalErrorException', RETRY_AFTER.down],
])

/** What the SDK throws, as far as we look: the class name decides, never the HTTP status, which
 * differs between the model and the wire. */
interface SdkError {
  name: string
  message: string
  requestId: string | undefined
  httpStatus: number | undefined
}

export function readSdkError(error: unknown): SdkError {
  if (!(error instanceof Error)) {
    return { name: 'unknown', message: '', requestId: undefined, httpStatus: undefined }
  }
  const metadata = '$metadata' in error ? error.$metadata : undefined
  return {
    name: error.name,
    message: error.message,
    requestId: stringIn(metadata, 'requestId'),
    httpStatus: numberIn(metadata, 'httpStatusCode'),
  }
}

/**
 * The error a client is told of when Cognito failed in a way that says nothing about the user.
 * Only the exception's name and request id go along: its message may hold an address.
 */
export function upstreamFailure(operation: string, error: unknown): ServiceError {
  // The guard's, which says when to come again.
  if (error instanceof ServiceError) return error
  const { name, message, requestId, httpStatus } = readSdkError(error)
  const { code, retryAfter } = classify(name, message, httpStatus)
  return new ServiceError(code, {
    ...(retryAfter === undefined ? {} : { retryAfter }),
    upstream: {
      service: 'cognito',
      operation,
      reason: /^\w{1,64}$/.test(name) ? name : 'unknown',
      ...(requestId === undefined ? {} : { requestId }),
    },
  })
}

/** What the SDK calls an answer that is none of Cognito's: a page of something in between, or half a one. */
const NO_EXCEPTION = new Set(['Error', 'SyntaxError', 'TypeError', 'Unknown', 'UnknownError'])

/** What an error that a call threw says of Cognito itself: a trigger that fails is none of its failures. */
export function cognitoOutcome(error: unknown): ThrownOutcome {
  const { name, message, httpStatus } = readSdkError(error)
  if (TRY_LATER.has(name) && name !== 'InternalErrorException') return 'throttled'
  if (name.includes('Lambda')) return 'refused'
  // The SDK does not say why it was told to stop.
  if (name === 'AbortError' && currentRequest()?.signal.aborted === true) return 'cancelled'
  const { code } = classify(name, message, httpStatus)
  if (code === 'upstream_timeout') return 'timeout'
  return code === 'upstream_unavailable' || NO_EXCEPTION.has(name) ? 'failed' : 'refused'
}

/** Nobody was there to take the request, so that any may be sent again. */
export function wasNeverSent(error: unknown): boolean {
  const code = stringIn(error, 'code') ?? ''
  return ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'].includes(code)
}

/** The connection was lost, before the request arrived or after it. */
export function wasLost(error: unknown): boolean {
  const { name, message, httpStatus } = readSdkError(error)
  const isLost = ['ECONNRESET', 'EPIPE'].includes(stringIn(error, 'code') ?? '')
  return (
    httpStatus === undefined && name !== 'AbortError' && (isLost || /socket hang up/.test(message))
  )
}

function classify(
  name: string,
  message: string,
  httpStatus: number | undefined,
): { code: ErrorCode; retryAfter?: number } {
  const later = TRY_LATER.get(name)
  if (later !== undefined) return { code: 'upstream_unavailable', retryAfter: later }
  if (name === 'UserLambdaValidationException') {
    const code = triggerErrorCode(message)
    return code === 'upstream_unavailable' ? { code, retryAfter: RETRY_AFTER.down } : { code }
  }
  if (name === 'UnexpectedLambdaException' && message.includes('Socket timeout')) {
    return { code: 'upstream_timeout' }
  }
  // The SDK calls a reset connection a TimeoutError too.
  const isReset = /ECONNRESET|EPIPE|socket hang up/.test(message)
  if (name === 'AbortError' || (name === 'TimeoutError' && !isReset)) {
    return { code: 'upstream_timeout' }
  }
  // No status: no answer at all. A 5xx: nobody at home.
  if (httpStatus === undefined && isConnectionError(name, message)) {
    return { code: 'upstream_unavailable', retryAfter: RETRY_AFTER.down }
  }
  if (httpStatus !== undefined && httpStatus >= 500) {
    return { code: 'upstream_unavailable', retryAfter: RETRY_AFTER.down }
  }
  return { code: 'upstream_error' }
}

/** Our own triggers throw one of a few constants; whatever else a trigger throws is a defect. */
function triggerErrorCode(message: string): ErrorCode {
  const text = /failed with error (\w+)\.$/.exec(message)?.[1]
  for (const [thrown, code] of Object.entries(TRIGGER_ERRORS)) if (thrown === text) return code
  return 'upstream_error'
}

const CONNECTION_ERROR =
  /ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|socket hang up|aborted/

function isConnectionError(name: string, message: string): boolean {
  return name === 'Error' || name === 'AggregateError' ? true : CONNECTION_ERROR.test(message)
}

function stringIn(value: unknown, key: string): string | undefined {
  const found: unknown =
    typeof value === 'object' && value !== null ? Reflect.get(value, key) : null
  return typeof found === 'string' ? found : undefined
}

function numberIn(value: unknown, key: string): number | undefined {
  const found: unknown =
    typeof value === 'object' && value !== null ? Reflect.get(value, key) : null
  return typeof found === 'number' ? found : undefined
}
