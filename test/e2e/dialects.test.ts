import t from 'tap'
import { startStack } from '../support/stack.ts'
import { oneRoundTriggers, twoRoundTriggers } from '../support/vendor-triggers.ts'

const email = 'ada@example.com'
const secret = 'tenant-secret'

t.test('our triggers with a context round: one more answer, and the context arrives', async (t) => {
  const stack = await startStack(t, {
    contextRound: 'on',
    env: { ALLOWED_REDIRECT_URLS: 'https://app.example.com/callback' },
  })
  await stack.signIn({ email })
  stack.cognitoCalls()
  stack.authsignal.calls.length = 0
  const redirectUrl = 'https://app.example.com/callback?state=1'
  const { body } = await stack.start({ email, redirectUrl, locale: 'en-NZ', deviceId: 'device-1' })
  const token = await stack.user.pass(body.token, email)
  t.equal((await stack.finish({ session: body.session, token })).status, 200)
  t.strictSame(stack.cognitoCalls(), [
    'InitiateAuth',
    'RespondToAuthChallenge',
    'RespondToAuthChallenge',
  ])
  const tracked = stack.authsignal.calls.find(({ operation }) => operation.includes('/actions/'))!
  t.match(tracked.body, {
    redirectUrl,
    locale: 'en-NZ',
    deviceId: 'device-1',
    userAgent: String,
    ipAddress: String,
    email,
  })
})

for (const preventUserExistenceErrors of ['LEGACY', 'ENABLED'] as const) {
  t.test(`context round and a new user: ${preventUserExistenceErrors}`, async (t) => {
    const stack = await startStack(t, {
      contextRound: 'on',
      client: { preventUserExistenceErrors },
    })
    t.equal((await stack.signIn({ email })).status, 200)
    t.strictSame(stack.cognitoCalls(), [
      'InitiateAuth',
      'AdminCreateUser',
      'InitiateAuth',
      'RespondToAuthChallenge',
      'RespondToAuthChallenge',
      'AdminUpdateUserAttributes',
    ])
  })

  t.test(`other people's one-round triggers: ${preventUserExistenceErrors}`, async (t) => {
    for (const answer of ['raw', 'json'] as const) {
      const stack = await startStack(t, {
        secret,
        triggers: oneRoundTriggers(secret, answer),
        client: { preventUserExistenceErrors },
        env: { CHALLENGE_ANSWER_FORMAT: answer },
      })
      t.equal((await stack.signIn({ email })).status, 200, `new, ${answer}`)
      t.equal((await stack.signIn({ email })).status, 200, `returning, ${answer}`)
    }
  })

  t.test(`other people's two-round triggers: ${preventUserExistenceErrors}`, async (t) => {
    const stack = await startStack(t, {
      secret,
      triggers: twoRoundTriggers(secret),
      client: { preventUserExistenceErrors },
    })
    t.equal((await stack.signIn({ email })).status, 200, 'new')
    t.equal((await stack.signIn({ phoneNumber: '+6421234567' })).status, 200, 'by phone')
    const { body } = await stack.start({ email })
    const refused = await stack.finish({ session: body.session, token: 'wrong' })
    t.match(refused.body, { code: 'challenge_failed', retry: { token: String } })
    const token = await stack.user.pass(refused.body.retry.token, email)
    t.equal((await stack.finish({ session: refused.body.retry.session, token })).status, 200)
  })
}

t.test('our verify trigger takes the answer in both formats', async (t) => {
  const stack = await startStack(t, { env: { CHALLENGE_ANSWER_FORMAT: 'json' } })
  t.equal((await stack.signIn({ email })).status, 200)
})
