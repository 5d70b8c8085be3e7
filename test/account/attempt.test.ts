import t from 'tap'
import { passedAttempt } from '../../src/account/attempt.ts'
import type { AttemptOf } from '../../src/account/attempt-key.ts'
import { fakeDeps, keyFrom, MINUTE, NOW, PASSKEY, SIGN_IN, SUB } from './support.ts'

const OF: AttemptOf = {
  purpose: 'step-up',
  userId: SUB,
  action: 'authorizePayment',
  signInId: SIGN_IN,
}

function proof(minutesAgo = 1, of = OF) {
  return {
    isValid: true,
    state: 'CHALLENGE_SUCCEEDED',
    userId: SUB,
    action: OF.action,
    idempotencyKey: keyFrom(minutesAgo, of),
    method: 'PASSKEY',
  }
}

t.test('a proof that was passed is told with all that Authsignal knows of it', async (t) => {
  const given = proof()
  const createdAt = new Date(NOW - 2 * MINUTE).toISOString()
  const record = { idempotencyKey: given.idempotencyKey, createdAt, authenticatorId: 'passkey' }
  const other = { idempotencyKey: 'another', createdAt, authenticatorId: 'another' }
  const deps = fakeDeps({ proof: given, actions: [other, record] })
  t.strictSame(await passedAttempt(deps, 'a.b.c', OF), {
    attempt: given.idempotencyKey,
    state: 'CHALLENGE_SUCCEEDED',
    method: 'PASSKEY',
    startedAt: NOW - 2 * MINUTE,
    authenticatorId: 'passkey',
    enrolled: [PASSKEY],
  })
  t.strictSame(deps.queries, [
    { token: 'a.b.c', userId: SUB, action: OF.action },
    { userId: SUB, action: OF.action, since: new Date(NOW - 30 * MINUTE) },
  ])
})

t.test('where its record is not there, nobody says when it began by that clock', async (t) => {
  const given = proof(3)
  for (const actions of [[], [{ idempotencyKey: given.idempotencyKey }]]) {
    const passed = await passedAttempt(fakeDeps({ proof: given, actions }), 'a.b.c', OF)
    t.equal(passed.attempt, given.idempotencyKey)
    t.equal(passed.startedAt, undefined)
    t.equal(passed.authenticatorId, undefined)
  }
})

t.test('an attempt that the ledger may have forgotten is over', async (t) => {
  await t.resolves(passedAttempt(fakeDeps({ proof: proof(30) }), 'a.b.c', OF))
  await t.rejects(passedAttempt(fakeDeps({ proof: proof(30.1) }), 'a.b.c', OF), {
    code: 'challenge_failed',
    reason: 'refused',
  })
})

t.test('what Authsignal lets pass is compared once more', async (t) => {
  const cases: Record<string, object> = {
    'another user': { userId: 'another' },
    'no user': { userId: undefined },
    'another action': { action: 'changePassword' },
    'no action': { action: undefined },
    'no key': { idempotencyKey: undefined },
    'a key of nobody': { idempotencyKey: 'key-1' },
    'a key of another purpose': proof(1, { ...OF, purpose: 'enrolment' }),
    'a key of another user': proof(1, { ...OF, userId: 'another' }),
    'a key of another sign-in': proof(1, { ...OF, signInId: 'sign-in-2' }),
    'not valid': { isValid: false },
    ALLOW: { state: 'ALLOW' },
    'no state': { state: undefined },
    'no method': { method: undefined },
  }
  for (const [name, change] of Object.entries(cases)) {
    const deps = fakeDeps({ proof: { ...proof(), ...change } })
    const wanted = { code: 'challenge_failed', reason: 'refused' }
    await t.rejects(passedAttempt(deps, 'a.b.c', OF), wanted, name)
  }
})

t.test('a challenge that was left, and one that was blocked, are told apart', async (t) => {
  const left = { ...proof(), isValid: false, state: 'CHALLENGE_REQUIRED' }
  await t.rejects(passedAttempt(fakeDeps({ proof: left }), 'a.b.c', OF), {
    code: 'challenge_failed',
    reason: 'unfinished',
  })
  for (const state of ['BLOCK', 'REVIEW', 'REVIEW_REQUIRED', 'REVIEW_FAILED']) {
    const blocked = { ...proof(), isValid: false, state }
    await t.rejects(passedAttempt(fakeDeps({ proof: blocked }), 'a.b.c', OF), {
      code: 'sign_in_blocked',
    })
    const foreign = { ...blocked, idempotencyKey: 'key-1' }
    await t.rejects(passedAttempt(fakeDeps({ proof: foreign }), 'a.b.c', OF), {
      code: 'challenge_failed',
    })
  }
})
