import { EVENTS } from '../audit/events.ts'
import { FINDINGS } from '../audit/findings.ts'
import { PROBLEMS } from '../http/problems.ts'
import { RULES } from '../limits/ports.ts'
import type { Priority } from '../priority.ts'
import type { BreakerState, CallOutcome, Upstream } from '../upstream/ports.ts'
import type { Flow, Outcome } from '../audit/events.ts'

/** No route, no operation: what no route of ours takes. */
export const NONE = 'none'
/** The code of an answer that is no problem. */
export const OK = 'ok'

export const METHODS = ['GET', 'POST', 'PATCH', 'DELETE', 'PUT', 'HEAD', 'OPTIONS'] as const
export const STATUS_CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const
export const CODES: readonly string[] = [OK, ...Object.keys(PROBLEMS)]
export const EVENT_NAMES = Object.keys(EVENTS)
export const FINDING_NAMES = Object.keys(FINDINGS)
export const LIMIT_RULES = RULES
export const OUTCOMES = ['ok', 'refused', 'blocked', 'error'] as const satisfies Outcome[]
export const FLOWS = ['challenge', 'passkey', 'id_token'] as const satisfies Flow[]
export const STEPS = ['started', 'challenged', 'retried', 'finished', 'failed', 'blocked'] as const
export const PRIORITIES = ['start', 'finish', 'refresh'] as const satisfies Priority[]
export const SERVICES = [
  'cognito',
  'authsignal',
  'redis',
  'apple',
  'google',
] as const satisfies Upstream[]
export const BREAKER_STATES = ['closed', 'half-open', 'open'] as const satisfies BreakerState[]
export const CALL_OUTCOMES = [
  'ok',
  'refused',
  'throttled',
  'failed',
  'timeout',
  'cancelled',
  'full',
  'broken',
] as const satisfies CallOutcome[]

/** What Redis is for. */
export const REDIS_OPERATIONS = [
  'limit',
  'claim proof',
  'share refresh',
  'forget refresh',
  'share start',
  'lock',
] as const

/** What upstreams are asked: the SDK's commands, and our own names where there are none. */
export const CALLS = [
  'InitiateAuth',
  'RespondToAuthChallenge',
  'AdminCreateUser',
  'AdminGetUser',
  'AdminUpdateUserAttributes',
  'SignUp',
  'ListUsers',
  'GetUser',
  'UpdateUserAttributes',
  'DeleteUser',
  'GetTokensFromRefreshToken',
  'RevokeToken',
  'GlobalSignOut',
  'track',
  'validate',
  'user',
  'authenticators',
  'actions',
  'enrol',
  'removeAuthenticator',
  'deleteUser',
  'JWKS',
] as const
