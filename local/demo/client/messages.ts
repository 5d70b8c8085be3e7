import type { Problem } from './api.ts'
import type { Failure } from './challenge.ts'

export const INVALID_IDENTIFIER =
  'Enter an email address like name@example.com or a phone number with country code, ' +
  'like +64 21 123 456.'
export const INCOMPLETE_CODE = 'Enter the six digits of the code.'
export const WRONG_CODE = 'That code is not right or has expired. Check it and try again.'
export const TOO_MANY_WRONG_CODES = 'Too many wrong codes. Please start again.'
export const SESSION_EXPIRED = 'Your sign-in took too long. Please start again.'
export const NO_CONNECTION = 'No connection. Check your network and try again.'
export const SIGNED_OUT = 'You are signed out.'

const TRY_AGAIN_SOON = 'We cannot sign you in right now. Please try again in a moment.'
const OUR_FAULT = 'Something went wrong on our side. Please try again.'

const BY_CODE: Readonly<Record<string, string>> = {
  no_connection: NO_CONNECTION,
  invalid_request: INVALID_IDENTIFIER,
  challenge_failed: 'We could not confirm that it was you. Please start again.',
  session_expired: SESSION_EXPIRED,
  sign_in_blocked: 'This sign-in was blocked. Contact support if you think that is a mistake.',
  upstream_unavailable: TRY_AGAIN_SOON,
  upstream_timeout: TRY_AGAIN_SOON,
}

/** Our own words for the service's codes: its `detail` is written for developers. */
export function problemMessage(problem: Problem): string {
  if (problem.code === 'too_many_requests') return tooManyRequests(problem.retryAfter)
  return (Object.hasOwn(BY_CODE, problem.code) ? BY_CODE[problem.code] : undefined) ?? OUR_FAULT
}

export function failureMessage({ outcome }: Failure): string {
  if (outcome === 'no_connection') return NO_CONNECTION
  if (outcome === 'expired') return SESSION_EXPIRED
  return outcome === 'too_many_requests' ? tooManyRequests() : TRY_AGAIN_SOON
}

export function newCodeSent(address: string): string {
  return `We sent a new code to ${address}.`
}

export function newCodeNeeded(address: string): string {
  return `We could not confirm that code, so we sent a new one to ${address}.`
}

function tooManyRequests(retryAfter?: number): string {
  return `Too many attempts. Please try again in ${retryAfter ? waitOf(retryAfter) : 'a moment'}.`
}

function waitOf(seconds: number): string {
  if (seconds <= 1) return 'a second'
  if (seconds < 90) return `${Math.ceil(seconds)} seconds`
  return `${Math.ceil(seconds / 60)} minutes`
}
