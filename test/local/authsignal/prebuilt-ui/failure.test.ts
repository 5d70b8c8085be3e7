import t from 'tap'
import {
  ApiFailure,
  complaintOf,
  problemOf,
} from '../../../../local/authsignal/prebuilt-ui/client/failure.ts'

t.test('what the user can help is a complaint, all else a problem', async (t) => {
  const failures = [
    ['too_many_requests', 'tooManyRequests', 'unavailable'],
    ['no_connection', 'noConnection', 'unavailable'],
    ['invalid_credential', 'credentialRefused', 'unavailable'],
    ['internal_error', 'unavailable', 'unavailable'],
    ['expired_token', undefined, 'expired'],
    ['unauthorized', undefined, 'broken'],
    ['forbidden', undefined, 'refused'],
    ['insufficient_scope', undefined, 'refused'],
    ['no_method', undefined, 'noMethod'],
  ] as const
  for (const [code, complaint, problem] of failures) {
    const failure = new ApiFailure(code, 400)
    t.equal(complaintOf(failure), complaint, code)
    t.equal(problemOf(failure), problem, code)
  }
})

t.test('a browser that asks for a passkey fails in its own words', async (t) => {
  t.equal(complaintOf(new DOMException('no', 'NotAllowedError')), 'cancelled')
  t.equal(complaintOf(new DOMException('no', 'InvalidStateError')), 'alreadyAdded')
  t.equal(complaintOf(new DOMException('no', 'SecurityError')), 'notSupported')
})

t.test('a mistake of ours is the end', async (t) => {
  t.equal(complaintOf(new TypeError('x is undefined')), undefined)
  t.equal(problemOf(new TypeError('x is undefined')), 'unavailable')
})
