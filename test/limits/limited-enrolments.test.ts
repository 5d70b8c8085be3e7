import t from 'tap'
import type { Accounts } from '../../src/account/ports.ts'
import { limitedEnrolments, tellingOfNumbers } from '../../src/limits/limited-enrolments.ts'
import { caller, fakeDeps } from '../account/support.ts'
import { signInError } from '../support/expect-error.ts'
import { limitsOf } from './support.ts'

const signal = new AbortController().signal

t.test('a user adds so many ways in, whatever token they come with', async (t) => {
  const limits = limitsOf({ identifier: { count: 2, seconds: 60 } })
  const verify = limitedEnrolments(
    async (accessToken) => ({ ...caller().bearer, sub: accessToken.split('.')[0] ?? '' }),
    limits,
  )
  await verify('ada.1')
  t.equal((await verify('ada.2')).sub, 'ada')
  await t.rejects(verify('ada.3'), signInError('too_many_requests', { retryAfter: 30 }))
  t.equal((await verify('bob.1')).sub, 'bob')
})

t.test('a token that is refused counts for nobody', async (t) => {
  const limits = limitsOf({ identifier: { count: 1, seconds: 60 } })
  let isRefused = true
  const verify = limitedEnrolments(async () => {
    if (isRefused) throw new Error('refused')
    return caller().bearer
  }, limits)
  for (let time = 0; time < 3; time += 1) await t.rejects(verify('x'), { message: 'refused' })
  isRefused = false
  await verify('x')
})

t.test('a number that becomes a user’s is told of, and nothing else', async (t) => {
  const told: (string | undefined)[] = []
  let outcome: Awaited<ReturnType<Accounts['setVerifiedAddress']>> = 'done'
  const accounts = tellingOfNumbers(
    { ...fakeDeps({}).accounts, setVerifiedAddress: async () => outcome },
    (prefix) => told.push(prefix),
  )
  const phone = { name: 'phone_number', value: '+6421234567' } as const
  t.equal(await accounts.setVerifiedAddress('ada', phone, signal), 'done')
  await accounts.setVerifiedAddress('ada', { name: 'email', value: 'ada@example.com' }, signal)
  t.strictSame(told, ['+64212'])
  for (outcome of ['taken', 'gone'] as const) {
    t.equal(await accounts.setVerifiedAddress('ada', phone, signal), outcome)
  }
  t.equal(told.length, 1)
})
