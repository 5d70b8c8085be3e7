import t from 'tap'
import { asksForContext, isForNobody, readIssued } from '../../src/sign-in/challenge-dialect.ts'
import { writeExistenceHint } from '../../src/trigger-protocol/existence-hint.ts'
import { signInError } from '../support/expect-error.ts'
import { ADA, HINT_KEY, NOBODY } from '../support/sign-in.ts'

function challenge(parameters: Record<string, string>, username = ADA) {
  return { cognitoSession: 'session', username, parameters }
}

t.test('either marker asks for the context', (t) => {
  t.equal(asksForContext(challenge({ challenge: 'PROVIDE_AUTH_PARAMETERS' })), true)
  t.equal(asksForContext(challenge({ nextStep: 'PROVIDE_AUTH_PARAMETERS' })), true)
  t.equal(asksForContext(challenge({})), false)
  t.equal(asksForContext(challenge({ token: 'PROVIDE_AUTH_PARAMETERS' })), false)
  t.equal(asksForContext(challenge({ challenge: 'provide_auth_parameters' })), false)
  t.end()
})

t.test('our hint decides whether there is a user', (t) => {
  for (const username of [ADA, NOBODY, 'ada']) {
    for (const exists of [true, false]) {
      const hint = writeExistenceHint(HINT_KEY, exists)
      t.equal(isForNobody(challenge({ hint }, username), HINT_KEY), !exists)
    }
  }
  t.end()
})

t.test('without our hint the made-up form of the username does', (t) => {
  const foreign = writeExistenceHint(Buffer.alloc(32, 1), true)
  for (const parameters of [{}, { hint: '' }, { hint: 'noise' }, { hint: foreign }]) {
    t.equal(isForNobody(challenge(parameters, NOBODY), HINT_KEY), true)
    t.equal(isForNobody(challenge(parameters, NOBODY.toUpperCase()), HINT_KEY), true)
    t.equal(isForNobody(challenge(parameters, ADA), HINT_KEY), false)
    t.equal(isForNobody(challenge(parameters, `x${NOBODY}`), HINT_KEY), false)
  }
  t.end()
})

t.test('what was issued is the token, the URL or both, and nothing else', (t) => {
  const [token, url] = ['a.b.c', 'https://mfa.example']
  t.strictSame(readIssued(challenge({ token, url, hint: 'x', USERNAME: ADA })), { token, url })
  t.strictSame(readIssued(challenge({ token, url: '' })), { token })
  t.strictSame(readIssued(challenge({ url })), { url })
  t.strictSame(readIssued(challenge({ token, state: 'CHALLENGE_REQUIRED' })), { token })
  t.end()
})

t.test('a rule that blocks or holds the action refuses it, token or not', (t) => {
  for (const state of ['BLOCK', 'REVIEW', 'REVIEW_REQUIRED', 'REVIEW_FAILED']) {
    t.throws(() => readIssued(challenge({ state, token: 'x' })), signInError('sign_in_blocked'))
    t.throws(() => readIssued(challenge({ state })), signInError('sign_in_blocked'))
  }
  t.end()
})

t.test('a challenge with nothing to take is the fault of the triggers', (t) => {
  for (const parameters of [{}, { token: '' }, { token: '', url: '' }, { Token: 'x' }]) {
    t.throws(
      () => readIssued(challenge(parameters)),
      signInError('upstream_error', { upstream: { operation: 'CreateAuthChallenge' } }),
    )
  }
  t.end()
})
