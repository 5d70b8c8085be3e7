import t from 'tap'
import { failureMessage, problemMessage } from '../../../local/demo/client/messages.ts'

function after(retryAfter: number) {
  return problemMessage({ code: 'too_many_requests', retryAfter })
}

t.test('every problem a sign-in can meet has words of its own', (t) => {
  const expected = {
    no_connection: 'No connection. Check your network and try again.',
    session_expired: 'Your sign-in took too long. Please start again.',
    challenge_failed: 'We could not confirm that it was you. Please start again.',
    sign_in_blocked: 'This sign-in was blocked. Contact support if you think that is a mistake.',
    upstream_unavailable: 'We cannot sign you in right now. Please try again in a moment.',
    upstream_timeout: 'We cannot sign you in right now. Please try again in a moment.',
  }
  for (const [code, text] of Object.entries(expected)) t.equal(problemMessage({ code }), text, code)
  t.match(problemMessage({ code: 'invalid_request' }), /phone number with country code/)
  t.end()
})

t.test('a problem nobody has heard of is ours', (t) => {
  for (const code of [
    'upstream_error',
    'internal_error',
    'unusable_answer',
    'new_one',
    'toString',
  ]) {
    t.equal(problemMessage({ code }), 'Something went wrong on our side. Please try again.', code)
  }
  t.end()
})

t.test('too many requests says how long to wait, when that is known', (t) => {
  t.equal(after(1), 'Too many attempts. Please try again in a second.')
  t.equal(after(41.2), 'Too many attempts. Please try again in 42 seconds.')
  t.equal(after(300), 'Too many attempts. Please try again in 5 minutes.')
  const unknown = 'Too many attempts. Please try again in a moment.'
  t.equal(problemMessage({ code: 'too_many_requests' }), unknown)
  t.equal(failureMessage({ outcome: 'too_many_requests' }), unknown)
  t.end()
})

t.test('a failed challenge reads like the problem it amounts to', (t) => {
  t.equal(failureMessage({ outcome: 'no_connection' }), problemMessage({ code: 'no_connection' }))
  t.equal(failureMessage({ outcome: 'expired' }), problemMessage({ code: 'session_expired' }))
  const unavailable = problemMessage({ code: 'upstream_unavailable' })
  t.equal(failureMessage({ outcome: 'unavailable' }), unavailable)
  t.end()
})
