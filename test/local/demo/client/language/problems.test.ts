import t from 'tap'
import { speak } from '../../../../../local/demo/client/language/language.ts'
import {
  failureMessage,
  problemMessage,
} from '../../../../../local/demo/client/language/problems.ts'
import { PROBLEMS } from '../../../../../src/http/problems.ts'

const words = (problem: Parameters<typeof problemMessage>[0]) =>
  speak('en', problemMessage(problem))
const after = (retryAfter: number) => words({ code: 'too_many_requests', retryAfter })

const OUR_FAULT = 'Something went wrong on our side. Please try again.'
/** Those a person can do nothing about, or that only a broken client can meet. */
const OURS = new Set([
  'internal_error',
  'upstream_error',
  'idempotency_key_reused',
  'method_not_allowed',
  'payload_too_large',
  'unsupported_media_type',
])

t.test('every problem of the service that people can meet has words of its own', (t) => {
  for (const code of Object.keys(PROBLEMS)) {
    t.equal(words({ code }) === OUR_FAULT, OURS.has(code), code)
  }
  t.end()
})

t.test('a problem nobody has heard of is ours', (t) => {
  for (const code of ['unusable_answer', 'new_one', 'toString']) {
    t.equal(words({ code }), OUR_FAULT, code)
  }
  t.end()
})

t.test('a challenge left half-way is not a failed one', (t) => {
  const code = 'challenge_failed'
  t.match(words({ code, reason: 'unfinished' }), /You left before you were done/)
  t.match(words({ code, reason: 'refused' }), /could not confirm/)
  t.match(words({ code }), /could not confirm/)
  t.end()
})

t.test('too many requests says how long to wait, when that is known', (t) => {
  t.equal(after(1), 'Too many attempts. Please try again in a second.')
  t.equal(after(41.2), 'Too many attempts. Please try again in 42 seconds.')
  t.equal(after(300), 'Too many attempts. Please try again in 5 minutes.')
  const unknown = 'Too many attempts. Please try again in a moment.'
  t.equal(words({ code: 'too_many_requests' }), unknown)
  t.equal(speak('en', failureMessage({ outcome: 'too_many_requests' })), unknown)
  t.end()
})

t.test('a failed challenge reads like the problem it amounts to', (t) => {
  const pairs = [
    ['no_connection', 'no_connection'],
    ['expired', 'session_expired'],
    ['unavailable', 'upstream_unavailable'],
  ] as const
  for (const [outcome, code] of pairs) {
    t.strictSame(failureMessage({ outcome }), problemMessage({ code }), outcome)
  }
  t.end()
})
