import type { Problem } from '../api/problem.ts'
import type { DeviceFailure } from '../authsignal/outcomes.ts'
import { say, type Message, type TextKey } from './language.ts'

const BY_CODE: Readonly<Record<string, TextKey>> = {
  no_connection: 'error.noConnection',
  cancelled: 'error.cancelled',
  invalid_request: 'error.invalidRequest',
  challenge_failed: 'error.challengeFailed',
  session_expired: 'error.expired',
  step_up_required: 'error.challengeFailed',
  invalid_token: 'notice.sessionEnded',
  sign_in_blocked: 'error.blocked',
  redirect_url_not_allowed: 'error.redirectNotAllowed',
  not_found: 'error.notFound',
  last_authenticator: 'error.lastAuthenticator',
  address_in_use: 'error.addressInUse',
  upstream_unavailable: 'error.tryAgainSoon',
  upstream_timeout: 'error.tryAgainSoon',
}

/** Our own words for the service's codes: its `detail` is written for developers. */
export function problemMessage({ code, reason, retryAfter }: Problem): Message {
  if (code === 'too_many_requests') return tooManyRequests(retryAfter)
  if (code === 'challenge_failed' && reason === 'unfinished') return say('error.unfinished')
  // By its code: an unknown one is our fault until the page learns it.
  return say((Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined) ?? 'error.ourFault')
}

const BY_OUTCOME: Readonly<
  Record<Exclude<DeviceFailure['outcome'], 'too_many_requests'>, TextKey>
> = {
  no_connection: 'error.noConnection',
  expired: 'error.expired',
  unavailable: 'error.tryAgainSoon',
  not_set_up: 'error.notSetUp',
  cancelled: 'error.cancelled',
  refused: 'error.credentialRefused',
  already_enrolled: 'error.alreadyEnrolled',
  unsupported: 'error.noPasskeySupport',
}

export function failureMessage({ outcome }: DeviceFailure): Message {
  return outcome === 'too_many_requests' ? tooManyRequests() : say(BY_OUTCOME[outcome])
}

function tooManyRequests(retryAfter?: number): Message {
  return say('error.tooMany', { wait: waitOf(retryAfter) })
}

function waitOf(seconds: number | undefined): Message {
  if (!seconds) return say('wait.moment')
  if (seconds <= 1) return say('wait.second')
  if (seconds < 90) return say('wait.seconds', { count: Math.ceil(seconds) })
  return say('wait.minutes', { count: Math.ceil(seconds / 60) })
}
