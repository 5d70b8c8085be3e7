import t from 'tap'
import type { ChallengeEvent } from '../support.ts'
import { clientId, codeTriggers, errorOf, notAuthorized, startSubject } from '../support.ts'

const WRONG = notAuthorized('Incorrect username or password.')

t.test('LEGACY tells that a user does not exist and runs no trigger', async (t) => {
  const { local, start } = await startSubject(t, {
    clients: [{ clientId, preventUserExistenceErrors: 'LEGACY' }],
  })
  t.strictSame(await errorOf(start('nobody@example.com')), {
    name: 'UserNotFoundException',
    message: 'User does not exist.',
  })
  t.equal(local.triggers.invocations.length, 0)
})

t.test('ENABLED plays an unknown user, always under the same made-up name', async (t) => {
  const { local, start } = await startSubject(t)
  const first = await start('Nobody@example.com')
  const second = await start('nobody@example.com')
  const other = await start('other@example.com')
  t.equal(first.ChallengeName, 'CUSTOM_CHALLENGE')
  t.ok(first.Session && first.Session.length > 1500)
  const name = first.ChallengeParameters?.['USERNAME']
  t.match(name, /^[\da-f]{8}-[\da-f]{4}-3[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
  t.equal(second.ChallengeParameters?.['USERNAME'], name)
  t.not(other.ChallengeParameters?.['USERNAME'], name)
  t.strictSame(local.triggers.invocations[0]?.event.request, {
    userAttributes: {},
    session: [],
    userNotFound: true,
  })
})

t.test('an unknown user never gets tokens, however right the answer', async (t) => {
  const { local, start, answer } = await startSubject(t)
  const started = await start('nobody@example.com')
  const next = await answer(started, 'wrong')
  t.equal(next.ChallengeName, 'CUSTOM_CHALLENGE')
  t.strictSame(await errorOf(answer(next, '123456')), WRONG)
  t.equal(local.triggers.invocations.at(-1)?.outcome.kind, 'answered')
  local.users.put({ username: 'late@example.com' })
  const late = await start('later@example.com')
  local.users.put({ username: 'later@example.com' })
  t.strictSame(await errorOf(answer(late, '123456')), WRONG, 'not even if it appears meanwhile')
})

t.test('FORCE_CHANGE_PASSWORD signs in and stays as it is', async (t) => {
  const { local, signIn } = await startSubject(t)
  local.users.put({ username: 'ann@example.com', status: 'FORCE_CHANGE_PASSWORD' })
  t.ok((await signIn('ann@example.com')).AccessToken)
  t.equal(local.users.find('ann@example.com')?.status, 'FORCE_CHANGE_PASSWORD')
})

t.test('unconfirmed, disabled and reset users are refused at the first call', async (t) => {
  const { local, start } = await startSubject(t)
  local.users.put({ username: 'new@example.com', status: 'UNCONFIRMED' })
  local.users.put({ username: 'off@example.com', enabled: false })
  local.users.put({ username: 'reset@example.com' })
  local.users.setStatus('reset@example.com', 'RESET_REQUIRED')
  t.strictSame(await errorOf(start('new@example.com')), {
    name: 'UserNotConfirmedException',
    message: 'User is not confirmed.',
  })
  t.strictSame(await errorOf(start('off@example.com')), notAuthorized('User is disabled.'))
  t.strictSame(await errorOf(start('reset@example.com')), WRONG)
  local.users.enable('off@example.com')
  t.ok((await start('off@example.com')).Session)
})

t.test('LEGACY names the state of a user that must reset the password', async (t) => {
  const { local, start } = await startSubject(t, {
    clients: [{ clientId, preventUserExistenceErrors: 'LEGACY' }],
  })
  local.users.put({ username: 'reset@example.com', status: 'RESET_REQUIRED' })
  t.match(await errorOf(start('reset@example.com')), { name: 'PasswordResetRequiredException' })
})

t.test('a user who vanishes between the two calls is not signed in', async (t) => {
  for (const mode of ['ENABLED', 'LEGACY'] as const) {
    const { local, start, answer } = await startSubject(t, {
      clients: [{ clientId, preventUserExistenceErrors: mode }],
    })
    local.users.put({ username: 'ann@example.com' })
    local.users.put({ username: 'bob@example.com' })
    const ann = await start('ann@example.com')
    const bob = await start('bob@example.com')
    local.users.delete('ann@example.com')
    local.users.disable('bob@example.com')
    const gone = { name: 'UserNotFoundException', message: 'User does not exist.' }
    t.strictSame(await errorOf(answer(ann, '123456')), mode === 'LEGACY' ? gone : WRONG)
    t.strictSame(await errorOf(answer(bob, '123456')), notAuthorized('User is disabled.'))
  }
})

t.test('triggers see what became of the user meanwhile', async (t) => {
  const { local, start, answer } = await startSubject(t, {
    triggers: {
      ...codeTriggers,
      verifyAuthChallengeResponse: (event: ChallengeEvent) => ({
        ...event,
        response: { answerCorrect: event.request.userAttributes['email_verified'] === 'true' },
      }),
    },
  })
  local.users.put({ username: 'ann@example.com' })
  const started = await start('ann@example.com')
  local.users.put({ username: 'ann@example.com', attributes: { email_verified: 'true' } })
  t.ok((await answer(started, 'any')).AuthenticationResult)
})
