import t from 'tap'
import { isBlocked } from '../../src/trigger-protocol/states.ts'

t.test('nobody goes on while a rule or a person says no', (t) => {
  for (const state of ['BLOCK', 'REVIEW', 'REVIEW_REQUIRED', 'REVIEW_FAILED']) {
    t.equal(isBlocked(state), true, state)
  }
  t.end()
})

t.test('every other state is no block, and neither is none', (t) => {
  for (const state of [
    'ALLOW',
    'CHALLENGE_REQUIRED',
    'CHALLENGE_SUCCEEDED',
    'CHALLENGE_FAILED',
    'REVIEW_SUCCEEDED',
    'block',
    '',
    undefined,
  ]) {
    t.equal(isBlocked(state), false, String(state))
  }
  t.end()
})
