import t from 'tap'
import type { LocalAuthsignal } from '../../local/index.ts'
import { readExistenceHint } from '../../src/trigger-protocol/existence-hint.ts'
import { addressDigest, writeContext } from '../../src/trigger-protocol/signed-context.ts'
import { createChallenge } from '../../src/triggers/create-challenge.ts'
import { createEvent, email, sub, tenant } from './support.ts'

t.test('enrols the address Cognito holds before any token of the user leaves', async (t) => {
  const { authsignal, settings } = await tenant(t)
  const { response } = await createChallenge(settings, createEvent())
  const { token, url, hint } = response.publicChallengeParameters!
  t.match(url, `token=${token}`)
  t.equal(readExistenceHint(settings.keys.hint, hint), true)
  const [authenticator] = authsignal.users.get(sub)!.authenticators
  t.strictSame(response.privateChallengeParameters, {
    idempotencyKey: response.challengeMetadata,
    authenticators: authenticator!.userAuthenticatorId,
  })
  t.match([...authsignal.users.get(sub)!.authenticators.values()], [{ email }])
  t.same(authsignal.messages(), [], 'and sends nothing by itself')
})

t.test('costs two calls side by side for a user who has signed in before', async (t) => {
  const { authsignal, settings } = await tenant(t)
  await createChallenge(settings, createEvent())
  authsignal.calls.length = 0
  await createChallenge(settings, createEvent())
  t.strictSame(authsignal.calls.map(({ operation }) => operation).toSorted(), [
    'GET /users/:userId/authenticators',
    'POST /users/:userId/actions/:action',
  ])
})

t.test('each attempt is an action of its own; a later round goes on with it', async (t) => {
  const { authsignal, settings } = await tenant(t)
  const first = (await createChallenge(settings, createEvent())).response
  const second = (await createChallenge(settings, createEvent())).response
  t.not(first.challengeMetadata, second.challengeMetadata)
  const round = {
    challengeName: 'CUSTOM_CHALLENGE',
    challengeResult: false,
    challengeMetadata: second.challengeMetadata,
  }
  const retry = (await createChallenge(settings, createEvent({ session: [round] }))).response
  t.equal(retry.challengeMetadata, second.challengeMetadata)
  t.ok(authsignal.users.get(sub)!.actions.size <= 3, 'no action more than attempts')
})

t.test('a later round never hands out the token of an action that has succeeded', async (t) => {
  const { settings, user } = await tenant(t)
  const first = (await createChallenge(settings, createEvent())).response
  await user.pass(first.publicChallengeParameters!['token']!, email)
  const round = {
    challengeName: 'CUSTOM_CHALLENGE',
    challengeResult: false,
    challengeMetadata: first.challengeMetadata,
  }
  const next = (await createChallenge(settings, createEvent({ session: [round] }))).response
  t.not(next.challengeMetadata, first.challengeMetadata)
  const { token } = next.publicChallengeParameters!
  const { isValid } = await settings.authsignal.validate({
    token: token!,
    userId: sub,
    action: 'cognitoAuth',
  })
  t.equal(isValid, false)
})

t.test('run three times for one event, every answer is good', async (t) => {
  const { settings, user, authsignal } = await tenant(t)
  const event = JSON.stringify(createEvent())
  for (const _time of [1, 2, 3]) {
    const { response } = await createChallenge(settings, JSON.parse(event))
    const { idempotencyKey } = response.privateChallengeParameters!
    const token = await user.pass(response.publicChallengeParameters!['token']!, email)
    const proof = await settings.authsignal.validate({ token, userId: sub, action: 'cognitoAuth' })
    t.match(proof, { isValid: true, idempotencyKey })
  }
  t.equal(authsignal.users.get(sub)!.authenticators.length, 1, 'enrolled once')
})

t.test('an address that was changed in Cognito replaces the enrolled one', async (t) => {
  const { authsignal, settings } = await tenant(t)
  await createChallenge(settings, createEvent())
  const moved = { sub, email: 'new@example.com' }
  await createChallenge(settings, createEvent({ userAttributes: moved }))
  t.strictSame(
    [...authsignal.users.get(sub)!.authenticators.values()].map((entry) => entry.email),
    ['new@example.com'],
  )
})

t.test('a user no challenge can reach gets a challenge good for nothing', async (t) => {
  const { settings, user } = await tenant(t)
  const { response } = await createChallenge(settings, createEvent({ userAttributes: { sub } }))
  const token = response.publicChallengeParameters!['token']!
  t.equal(await user.enrolAndPass(token, 'mallory@example.net'), undefined)
})

t.test('an unknown user, or one with a malformed id, is never tracked by name', async (t) => {
  const { authsignal, settings } = await tenant(t)
  for (const request of [
    { userAttributes: {}, userNotFound: true },
    { userAttributes: {} },
    { userAttributes: { sub: '../../admin' } },
    { userAttributes: { sub, email }, userNotFound: true },
  ]) {
    const { response } = await createChallenge(settings, createEvent(request))
    const { hint } = response.publicChallengeParameters!
    t.equal(readExistenceHint(settings.keys.hint, hint), false)
  }
  t.equal(authsignal.users.size, 1, 'one user, in nobody’s name')
  t.notOk(authsignal.users.has(sub))
})

for (const outcome of ['BLOCK', 'REVIEW'] as const) {
  t.test(`a rule that says ${outcome} ends it with a constant`, async (t) => {
    const { authsignal, settings } = await tenant(t)
    authsignal.rules.add({ outcome })
    await t.rejects(createChallenge(settings, createEvent()), { code: 'sign_in_blocked' })
  })
}

t.test('the context round asks first, and believes signed context only', async (t) => {
  const { authsignal, settings } = await tenant(t, {
    CONTEXT_ROUND: 'on',
    REDIRECT_URL: 'https://a.example/',
  })
  const asked = (await createChallenge(settings, createEvent())).response
  const { hint: _hint, ...marker } = asked.publicChallengeParameters!
  t.strictSame(marker, { challenge: 'PROVIDE_AUTH_PARAMETERS' })
  t.equal(asked.challengeMetadata, 'PROVIDE_AUTH_PARAMETERS')
  t.equal(authsignal.calls.length, 0)

  const session = [
    {
      challengeName: 'CUSTOM_CHALLENGE',
      challengeResult: false,
      challengeMetadata: 'PROVIDE_AUTH_PARAMETERS',
    },
  ]
  const context = {
    identifier: 'email',
    typed: addressDigest(settings.keys.context, email),
    ipAddress: '203.0.113.7',
    redirectUrl: 'https://b.example/',
  } as const
  const signed = writeContext(settings.keys.context, sub, context)
  await createChallenge(settings, createEvent({ session, clientMetadata: signed }))
  t.match(lastTracked(authsignal), {
    ipAddress: '203.0.113.7',
    redirectUrl: 'https://b.example/',
  })

  const forged = { ...signed, redirectUrl: 'https://evil.example/' }
  await createChallenge(settings, createEvent({ session, clientMetadata: forged }))
  t.match(lastTracked(authsignal), { redirectUrl: 'https://a.example/' })
  t.notMatch(lastTracked(authsignal), { ipAddress: String })
})

t.test(
  'an address that was changed and marked verified in Cognito replaces the enrolled one',
  async (t) => {
    const { authsignal, settings } = await tenant(t)
    await createChallenge(settings, createEvent())
    const userAttributes = { sub, email: 'new@example.com', email_verified: 'true' }
    await createChallenge(settings, createEvent({ userAttributes }))
    t.strictSame(
      [...authsignal.users.get(sub)!.authenticators].map((entry) => entry.email),
      ['new@example.com'],
    )
  },
)

t.test('a typed address that the user does not have gets a challenge of nobody', async (t) => {
  const { authsignal, settings, user } = await tenant(t)
  const typed = addressDigest(settings.keys.context, 'old@example.com')
  const clientMetadata = writeContext(settings.keys.context, sub, { identifier: 'email', typed })
  const { response } = await createChallenge(settings, createEvent({ clientMetadata }))
  const token = response.publicChallengeParameters!['token']!
  await t.rejects(user.pass(token, email), /challenge not begun/)
  t.strictSame(authsignal.messages(), [])
})

t.test(
  'nobody is the same nobody each time the same name is tried, and in each round',
  async (t) => {
    const { settings } = await tenant(t)
    const event = { userAttributes: {}, userNotFound: true }
    const first = (await createChallenge(settings, createEvent(event))).response
    const round = {
      challengeName: 'CUSTOM_CHALLENGE',
      challengeResult: false,
      challengeMetadata: first.challengeMetadata,
    }
    const retry = (await createChallenge(settings, createEvent({ ...event, session: [round] })))
      .response
    const claims = [first, retry].map(({ publicChallengeParameters: shown }) => {
      const payload = shown!['token']!.split('.')[1]!
      return JSON.parse(Buffer.from(payload, 'base64url').toString()).other
    })
    t.strictSame(claims[0], claims[1])
    t.equal(claims[0].userId, sub, 'where Cognito makes a name up, the token shows it')
  },
)

for (const outcome of ['BLOCK', 'REVIEW'] as const) {
  t.test(`a rule that says ${outcome} says it to nobody as well`, async (t) => {
    const { authsignal, settings } = await tenant(t)
    authsignal.rules.add({ outcome })
    const event = createEvent({ userAttributes: {}, userNotFound: true })
    await t.rejects(createChallenge(settings, event), { code: 'sign_in_blocked' })
  })
}

function lastTracked({ calls }: LocalAuthsignal): unknown {
  return calls.findLast(({ operation }) => operation.startsWith('POST /users/'))!.body
}

t.test('an enrolment that was begun and never finished does not keep the user out', async (t) => {
  const { authsignal, settings, user } = await tenant(t)
  // As published triggers leave it: a token of an unenrolled user, an enrolment without a code.
  const { token } = await settings.authsignal.track({
    userId: sub,
    action: 'cognitoAuth',
    idempotencyKey: 'before',
    attributes: {},
  })
  await user.call(token, '/user-authenticators/email-otp', { email })
  const { response } = await createChallenge(settings, createEvent())
  await user.pass(response.publicChallengeParameters!['token']!, email)
  t.equal(authsignal.users.get(sub)!.authenticators.length, 1)
})

t.test('a tenant that does not call a server-side enrolment verified works as well', async (t) => {
  const { settings } = await tenant(t)
  const authenticators = async (userId: string) => {
    const all = await settings.authsignal.authenticators(userId)
    return all.map((entry) => ({ ...entry, isVerified: false }))
  }
  const authsignal = { ...settings.authsignal, authenticators }
  for (const time of ['first', 'second']) {
    const { response } = await createChallenge({ ...settings, authsignal }, createEvent())
    const [enrolled] = await authenticators(sub)
    t.equal(response.privateChallengeParameters!['authenticators'], enrolled!.id, time)
  }
})

t.test('racing starts that find the same old address all get a challenge', async (t) => {
  const { authsignal, settings } = await tenant(t)
  await createChallenge(settings, createEvent())
  const userAttributes = { sub, email: 'new@example.com', email_verified: 'true' }
  // All of them see the old authenticator before the first of them removes it.
  const enrolled = await settings.authsignal.authenticators(sub)
  let asked = 0
  const authenticators = async (userId: string) =>
    (asked += 1) <= 3 ? enrolled : settings.authsignal.authenticators(userId)
  const raced = { ...settings, authsignal: { ...settings.authsignal, authenticators } }
  const starts = await Promise.all(
    [1, 2, 3].map(() => createChallenge(raced, createEvent({ userAttributes }))),
  )
  t.ok(starts.every(({ response }) => response.publicChallengeParameters?.['token']))
  t.ok(
    authsignal.users.get(sub)!.authenticators.every((entry) => entry.email === 'new@example.com'),
  )
})
