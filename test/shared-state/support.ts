import type { Test } from 'tap'
import { digests } from '../../src/shared-state/digests.ts'
import type { ReplayLedger, WithLock } from '../../src/shared-state/ports.ts'
import type { RefreshOutcome } from '../../src/tokens/ports.ts'
import { signInError } from '../support/expect-error.ts'
import { gate } from '../support/gate.ts'

export const DIGEST = digests(Buffer.alloc(32, 5), 'pool|client')
export const SESSION_KEY = Buffer.alloc(32, 6)

/** What every ledger does, wherever it remembers. */
export async function behavesAsLedger(t: Test, ledger: ReplayLedger): Promise<void> {
  t.equal(await ledger.claim('proof 1'), true, 'a proof counts')
  t.equal(await ledger.claim('proof 1'), false, 'once')
  t.equal(await ledger.claim('proof 1'), false, 'and never again')
  t.equal(await ledger.claim('proof 2'), true, 'another is another')
  t.equal(await ledger.claim('Proof 1'), true, 'also one that looks alike')
  const parallel = await Promise.all(Array.from({ length: 100 }, () => ledger.claim('proof 3')))
  t.equal(parallel.filter((counts) => counts).length, 1, 'one of a hundred at once')
  for (const odd of ['', ' ', '\0', '\r\n', '字', 'x'.repeat(100_000)]) {
    t.strictSame([await ledger.claim(odd), await ledger.claim(odd)], [true, false])
  }
}

const PATIENT = new AbortController().signal

/**
 * What every lock does, wherever it is.
 * @param other how another instance sees the same lock
 */
export async function behavesAsLock(t: Test, one: WithLock, other = one): Promise<void> {
  const order: string[] = []
  const first = gate()
  const work = (name: string, until = Promise.resolve()) => {
    return async () => {
      order.push(`${name} begins`)
      await until
      order.push(`${name} ends`)
      return name
    }
  }
  const begun = gate()
  const a = one('ada', PATIENT, () => {
    begun.open()
    return work('a', first.opened)()
  })
  await begun.opened
  const impatient = new AbortController()
  const b = other('ada', impatient.signal, work('b'))
  const c = one('ada', PATIENT, work('c'))
  const d = other('ada', PATIENT, work('d'))
  t.equal(await other('bob', PATIENT, work('bob')), 'bob', 'somebody else need not wait')
  impatient.abort()
  await t.rejects(b, signInError('upstream_timeout'), 'who gives up waiting does nothing')
  await new Promise((resolve) => setImmediate(resolve))
  t.strictSame(order.splice(0), ['a begins', 'bob begins', 'bob ends'])
  first.open()
  t.strictSame(await Promise.all([a, c, d]), ['a', 'c', 'd'])
  t.equal(order.shift(), 'a ends')
  const [begins = '', ends = ''] = order
  t.ok(order.length === 4 && begins.slice(0, 1) === ends.slice(0, 1), 'never both at once')

  const failing = one('ada', PATIENT, async () => {
    throw new Error('no')
  })
  await t.rejects(failing, { message: 'no' })
  t.equal(await other('ada', PATIENT, work('e')), 'e', 'a failure keeps nobody waiting')
  const late = one('ada', AbortSignal.abort(), work('too late'))
  await t.rejects(late, signInError('upstream_timeout'))
  t.notOk(order.includes('too late begins'))
}

/** The answer to a refresh: new tokens of a user, told apart by a number. */
export function refreshed(number: number, refreshToken = `new-${number}`): RefreshOutcome {
  return {
    outcome: 'tokens',
    tokens: {
      accessToken: `access-${number}`,
      idToken: `id-${number}`,
      refreshToken,
      expiresIn: 3600,
    },
    sub: 'sub-of-ada',
  }
}

/** An upstream that answers each refresh with other tokens, and counts. */
export function upstream(answer: (call: number) => RefreshOutcome = refreshed) {
  let count = 0
  return {
    ask: async () => answer((count += 1)),
    calls: () => count,
  }
}
