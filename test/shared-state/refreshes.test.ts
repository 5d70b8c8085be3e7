import t from 'tap'
import { ServiceError } from '../../src/errors.ts'
import { sharedRefreshes } from '../../src/shared-state/refreshes.ts'
import type { RefreshOutcome } from '../../src/tokens/ports.ts'
import { signInError } from '../support/expect-error.ts'
import { gate } from '../support/gate.ts'
import { DIGEST, refreshed, upstream } from './support.ts'

function refreshes() {
  let now = 0
  const shared = sharedRefreshes({ digest: DIGEST, timeoutMs: 5_000, now: () => now })
  return {
    share: (...given: Parameters<typeof shared.share>) => shared.share(...given),
    forget: (...given: Parameters<typeof shared.forget>) => shared.forget(...given),
    at: (ms: number) => (now = ms),
  }
}

function fail(): Promise<RefreshOutcome> {
  return Promise.reject(new ServiceError('upstream_unavailable'))
}

t.test('an answer serves ten seconds longer, and no longer', async (t) => {
  const { share, at } = refreshes()
  const { ask } = upstream()
  t.strictSame(await share('old', ask), refreshed(1))
  at(9_999)
  t.strictSame(await share('old', ask), refreshed(1))
  at(10_000)
  t.strictSame(await share('old', ask), refreshed(2))
})

t.test('a call that takes longer than that is still the only one', async (t) => {
  const { share, at } = refreshes()
  const { opened, open } = gate()
  const { ask, calls } = upstream()
  const slow = () => opened.then(ask)
  const first = share('old', slow)
  at(12_000)
  const second = share('old', slow)
  open()
  t.strictSame(await Promise.all([first, second]), [refreshed(1), refreshed(1)])
  at(21_999)
  await share('old', ask)
  t.equal(calls(), 1, 'the ten seconds begin with the answer')
})

t.test('another token is another question', async (t) => {
  const { share } = refreshes()
  const { ask } = upstream()
  t.strictSame(await Promise.all([share('a', ask), share('b', ask)]), [refreshed(1), refreshed(2)])
})

t.test('a refusal is told to those who shared it and kept for nobody', async (t) => {
  const { share } = refreshes()
  const { ask, calls } = upstream((call) => (call === 1 ? { outcome: 'refused' } : refreshed(call)))
  const both = await Promise.all([share('old', ask), share('old', ask)])
  t.strictSame(both, [{ outcome: 'refused' }, { outcome: 'refused' }])
  t.equal(calls(), 1)
  t.strictSame(await share('old', ask), refreshed(2))
})

t.test('a failure too', async (t) => {
  const { share } = refreshes()
  const both = [share('old', fail), share('old', fail)]
  for (const one of both) await t.rejects(one, signInError('upstream_unavailable'))
  t.strictSame(await share('old', upstream().ask), refreshed(1))
})

t.test('whoever asks upstream is given a deadline', async (t) => {
  const shared = sharedRefreshes({ digest: DIGEST, timeoutMs: 1 })
  const answer = shared.share('old', async (signal) => {
    while (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, 1))
    throw signal.reason
  })
  await t.rejects(answer, { name: 'TimeoutError' })
})

t.test('after a sign-out no kept answer is given any more', async (t) => {
  const cases: [string, { refreshToken: string } | { sub: string }, boolean][] = [
    ['with the token that was asked with', { refreshToken: 'old' }, true],
    ['with the token of the answer', { refreshToken: 'new-1' }, true],
    ['of the user, everywhere', { sub: 'sub-of-ada' }, true],
    ['with a token of another session', { refreshToken: 'other' }, false],
    ['of another user', { sub: 'old' }, false],
  ]
  for (const [name, whose, isOver] of cases) {
    const { share, forget } = refreshes()
    const { ask, calls } = upstream()
    await share('old', ask)
    await forget(whose)
    await share('old', ask)
    t.equal(calls(), isOver ? 2 : 1, name)
  }
})

t.test('a sign-out during a call keeps its answer from serving longer', async (t) => {
  const { share, forget } = refreshes()
  const { opened, open } = gate()
  const { ask, calls } = upstream()
  const during: Promise<RefreshOutcome> = share('old', () => opened.then(ask))
  await forget({ sub: 'sub-of-ada' })
  open()
  await during
  await share('old', ask)
  t.equal(calls(), 2)
})
