import t from 'tap'
import { clientId, codeTriggers, errorOf, notAuthorized, startSubject } from '../support.ts'

const invalid = (more = '') => notAuthorized(`Invalid session for the user${more}.`)
const USED = invalid(', session can only be used once')

t.test('a session is long, within the limit and new in every round', async (t) => {
  const { local, start, answer } = await startSubject(t)
  local.users.put({ username: 'ann@example.com' })
  const first = await start('ann@example.com')
  const second = await answer(first, 'wrong')
  for (const { Session } of [first, second]) {
    t.ok(Session && Session.length > 1500 && Session.length <= 2048)
  }
  t.not(first.Session, second.Session)
  t.strictSame(await errorOf(answer(first, '123456')), USED)
  t.ok((await answer(second, '123456')).AuthenticationResult)
})

t.test('of two answers at the same time one meets a spent session', async (t) => {
  const { local, start, answer } = await startSubject(t)
  local.users.put({ username: 'ann@example.com' })
  const started = await start('ann@example.com')
  const results = await Promise.allSettled([answer(started, '123456'), answer(started, '123456')])
  t.strictSame(results.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'])
})

t.test('a session is spent even if the trigger then fails', async (t) => {
  const { local, start, answer } = await startSubject(t, {
    triggers: {
      ...codeTriggers,
      verifyAuthChallengeResponse: () => {
        throw new Error('out of order')
      },
    },
  })
  local.users.put({ username: 'ann@example.com' })
  const started = await start('ann@example.com')
  t.match(await errorOf(answer(started, '1')), { name: 'UserLambdaValidationException' })
  t.strictSame(await errorOf(answer(started, '1')), USED)
})

t.test('a session ends after the validity of its client, counted anew each round', async (t) => {
  const { local, start, answer } = await startSubject(t, {
    clients: [{ clientId, authSessionValidityMinutes: 5 }],
  })
  local.users.put({ username: 'ann@example.com' })
  const first = await start('ann@example.com')
  local.clock.advance(4 * 60_000)
  const second = await answer(first, 'wrong')
  local.clock.advance(4 * 60_000)
  const third = await answer(second, 'wrong')
  local.clock.advance(5 * 60_000)
  t.strictSame(await errorOf(answer(third, '123456')), invalid(', session is expired'))
})

t.test('long forgotten sessions are unknown', async (t) => {
  const { local, start, answer } = await startSubject(t)
  local.users.put({ username: 'ann@example.com' })
  const first = await start('ann@example.com')
  local.clock.advance(2 * 60 * 60_000)
  await start('ann@example.com')
  t.strictSame(await errorOf(answer(first, '123456')), invalid())
})

t.test('a session is no good for another user, another client or another pool', async (t) => {
  const { local, start, answer } = await startSubject(t, {
    clients: [{ clientId }, { clientId: 'other' }],
  })
  local.users.put({ username: 'ann@example.com' })
  const bob = local.users.put({ username: 'bob@example.com' })
  const first = await start('ann@example.com')
  t.strictSame(await errorOf(answer(first, '123456', { username: bob.username })), invalid())
  t.strictSame(await errorOf(answer(first, '123456')), USED, 'and it is gone')
  const second = await start('ann@example.com')
  t.strictSame(await errorOf(answer(second, '123456', { clientId: 'other' })), invalid())
  const third = await start('ann@example.com')
  t.strictSame(
    await errorOf(answer(third, '123456', { username: 'ann@example.com' })),
    invalid(),
    'the typed name is not the echoed one',
  )
  const foreign = { ...third, Session: 'x'.repeat(1500) }
  t.strictSame(await errorOf(answer(foreign, '123456')), invalid())
})
