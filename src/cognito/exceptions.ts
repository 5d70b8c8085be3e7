import { ServiceError, type ErrorCode } from '../errors.ts'
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

function classify(
  name: string,
  message: string,
  httpStatus: number | undefined,
): { code: ErrorCode; retryAfter?: number } {
  const later = TRY_LATER.get(name)
  if (later !== undefined) return { code: 'upstream_unavailable', retryAfter: later }
  if (name === 'UserLambdaValidationException') return { code: triggerErrorCode(message) }
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
