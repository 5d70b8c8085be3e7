import t from 'tap'
import type { PastAction } from '../../src/authsignal/answers.ts'
import { requireRecentProof } from '../../src/account/recent-proof.ts'
import type { AttemptOf } from '../../src/account/attempt-key.ts'
import { caller, fakeDeps, keyFrom, MINUTE, NOW, PASSKEY, SIGN_IN, SUB } from './support.ts'

const OF: AttemptOf = {
  purpose: 'step-up',
  userId: SUB,
  action: 'manageAuthenticators',
  signInId: SIGN_IN,
}
const REQUIRED = { code: 'step_up_required', maxAge: 600 }
const seconds = (minutesAgo: number) => (NOW - minutesAgo * MINUTE) / 1000
const at = (minutesAgo: number) => new Date(NOW - minutesAgo * MINUTE).toISOString()

function stepUp(more: Partial<PastAction> = {}): PastAction {
  return {
    idempotencyKey: keyFrom(2, OF),
    state: 'CHALLENGE_SUCCEEDED',
    createdAt: at(2),
    stateUpdatedAt: at(1),
    method: 'PASSKEY',
    authenticatorId: 'passkey',
    ...more,
  }
}

t.test('a sign-in of a moment ago is enough, and nobody is asked', async (t) => {
  for (const minutesAgo of [0, 1, 10, -1]) {
    const deps = fakeDeps({})
    await t.resolves(requireRecentProof(deps, caller(seconds(minutesAgo))))
    t.strictSame(deps.queries, [])
  }
  for (const minutesAgo of [10.1, 60]) {
    await t.rejects(requireRecentProof(fakeDeps({}), caller(seconds(minutesAgo))), REQUIRED)
  }
})

t.test('a step-up passed a moment ago is enough, however long it took', async (t) => {
  const { authenticatorId: _id, ...unnamed } = stepUp()
  for (const passed of [
    stepUp(),
    stepUp({ stateUpdatedAt: at(10), createdAt: at(35), idempotencyKey: keyFrom(35, OF) }),
    unnamed,
  ]) {
    const deps = fakeDeps({ actions: [stepUp({ idempotencyKey: 'another' }), passed] })
    await t.resolves(requireRecentProof(deps, caller()))
    t.match(deps.queries, [
      {
        userId: SUB,
        action: 'manageAuthenticators',
        since: new Date(NOW - 40 * MINUTE),
        state: 'CHALLENGE_SUCCEEDED',
      },
    ])
  }
})

t.test('any other action is not', async (t) => {
  const { stateUpdatedAt: _passedAt, ...untold } = stepUp()
  const cases: Record<string, PastAction> = {
    'passed too long ago': stepUp({ stateUpdatedAt: at(10.1) }),
    'passed at no known time': { ...untold, createdAt: 'x' },
    'begun too long ago, passed at no known time': { ...untold, createdAt: at(11) },
    'passed at a time that is none': stepUp({ stateUpdatedAt: 'x' }),
    'not passed, whatever was asked for': stepUp({ state: 'CHALLENGE_REQUIRED' }),
    allowed: stepUp({ state: 'ALLOW' }),
    'not begun by us': stepUp({ idempotencyKey: 'key-1' }),
    'of another sign-in': stepUp({ idempotencyKey: keyFrom(2, { ...OF, signInId: 'another' }) }),
    'of another user': stepUp({ idempotencyKey: keyFrom(2, { ...OF, userId: 'another' }) }),
    'of another action': stepUp({ idempotencyKey: keyFrom(2, { ...OF, action: 'pay' }) }),
    'an enrolment': stepUp({ idempotencyKey: keyFrom(2, { ...OF, purpose: 'enrolment' }) }),
    'by an authenticator that is gone': stepUp({ authenticatorId: 'gone' }),
    'by another method': stepUp({ method: 'SMS' }),
  }
  for (const [name, action] of Object.entries(cases)) {
    await t.rejects(requireRecentProof(fakeDeps({ actions: [action] }), caller()), REQUIRED, name)
  }
  const { method: _method, ...methodless } = stepUp()
  await t.rejects(requireRecentProof(fakeDeps({ actions: [methodless] }), caller()), REQUIRED)
  const later = [{ ...PASSKEY, createdAt: at(1.5) }]
  const deps = fakeDeps({ actions: [stepUp()], enrolled: later })
  await t.rejects(requireRecentProof(deps, caller()), REQUIRED, 'enrolled in between')
})
