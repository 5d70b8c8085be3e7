import t from 'tap'
import { memoryLedger } from '../../src/shared-state/memory-ledger.ts'
import { PROOF_REMEMBERED_MS } from '../../src/shared-state/ports.ts'
import { signInError } from '../support/expect-error.ts'
import { behavesAsLedger, DIGEST } from './support.ts'

t.test('takes each proof once', (t) => behavesAsLedger(t, memoryLedger(DIGEST)))

t.test('remembers for an hour', async (t) => {
  let now = 0
  const ledger = memoryLedger(DIGEST, { now: () => now })
  t.equal(await ledger.claim('proof'), true)
  now = PROOF_REMEMBERED_MS - 1
  t.equal(await ledger.claim('proof'), false)
  now = PROOF_REMEMBERED_MS
  t.equal(await ledger.claim('proof'), true)
})

t.test('full of live proofs it takes no more, rather than forget one', async (t) => {
  let now = 0
  const ledger = memoryLedger(DIGEST, { limit: 2, now: () => now })
  await ledger.claim('a')
  await ledger.claim('b')
  await t.rejects(ledger.claim('c'), signInError('upstream_unavailable', { retryAfter: 60 }))
  t.equal(await ledger.claim('a'), false, 'and still knows the oldest')
  now = PROOF_REMEMBERED_MS
  t.equal(await ledger.claim('c'), true)
})
