import { UserActionState } from '@authsignal/node'
import { TOTP, URI } from 'otpauth'
import t from 'tap'
import { SECRET, answerOf, enrolEmail, isError, MINUTE, startForTest, wrong } from './support.ts'
import type { TestAuthsignal } from './support.ts'

const STEP = 30_000
const ENROL = '/user-authenticators/totp'

/** What the app on the phone shows; `steps` away from now. */
const shown = (uri: unknown, { local }: TestAuthsignal, steps = 0) =>
  URI.parse(String(uri)).generate({ timestamp: local.clock.now() + steps * STEP })

async function enrol(test: TestAuthsignal, userId = 'u1') {
  const { token } = await test.server.track({ userId, action: 'signUp' })
  const { body } = await test.client(token, ENROL)
  const verificationCode = shown(body['uri'], test)
  const verified = await test.client(token, '/verify/totp', { verificationCode })
  // The code just shown is used up.
  test.local.clock.advance(STEP)
  return { uri: body['uri'], body, verified, token }
}

async function signIn(test: TestAuthsignal, verificationCode: string, userId = 'u1') {
  const { token } = await test.server.track({ userId, action: 'signIn' })
  return test.client(token, '/verify/totp', { verificationCode })
}

const MISS = {
  status: 200,
  body: { isVerified: false, failureReason: 'CODE_INVALID_OR_EXPIRED' },
}

t.test('the first right code enrols an app', async (t) => {
  const test = await startForTest(t)
  const { body, verified, token } = await enrol(test)
  t.strictSame(Object.keys(body).toSorted(), ['secret', 'uri', 'userAuthenticatorId', 'userId'])
  t.match(body['uri'], `secret=${String(body['secret'])}`)
  t.match(verified.body, {
    isVerified: true,
    accessToken: String,
    userAuthenticator: {
      userAuthenticatorId: body['userAuthenticatorId'],
      verificationMethod: 'AUTHENTICATOR_APP',
      verifiedAt: String,
    },
  })
  t.match(await test.server.validateChallenge({ token }), {
    isValid: true,
    verificationMethod: 'AUTHENTICATOR_APP',
  })
  t.match(await test.server.getUser({ userId: 'u1' }), {
    enrolledVerificationMethods: ['AUTHENTICATOR_APP'],
  })
  const listed = JSON.stringify(await test.server.getAuthenticators({ userId: 'u1' }))
  t.notMatch(listed, String(body['secret']), 'the secret is told once')
})

t.test('an enrolled app signs in, and needs no challenge to be started', async (t) => {
  const test = await startForTest(t)
  const { uri } = await enrol(test)
  const { body } = await signIn(test, shown(uri, test))
  t.match(body, { isVerified: true, accessToken: String })
  t.notOk('userAuthenticator' in body)
  t.match(await test.server.validateChallenge({ token: String(body['accessToken']) }), {
    isValid: true,
    verificationMethod: 'AUTHENTICATOR_APP',
  })
})

t.test('one step of leeway to either side, and no more', async (t) => {
  const test = await startForTest(t)
  const { uri } = await enrol(test)
  const { clock } = test.local
  clock.advance(10 * MINUTE)
  // To the beginning of a step, so that none ends between a code and the look at it.
  clock.advance(STEP - (clock.now() % STEP))
  for (const steps of [-2, 2]) t.match(await signIn(test, shown(uri, test, steps)), MISS)
  for (const steps of [-1, 0, 1]) {
    t.match((await signIn(test, shown(uri, test, steps))).body, { isVerified: true }, `${steps}`)
  }
})

t.test('a code is taken once, nor one older than the last taken', async (t) => {
  const test = await startForTest(t)
  const { uri } = await enrol(test)
  test.local.clock.advance(10 * MINUTE)
  const code = shown(uri, test)
  t.match((await signIn(test, code)).body, { isVerified: true })
  t.match(await signIn(test, code), MISS)
  t.match(await signIn(test, shown(uri, test, -1)), MISS)
  test.local.clock.advance(STEP)
  t.match(await signIn(test, code), MISS, 'though still within the leeway')
  t.match((await signIn(test, shown(uri, test))).body, { isVerified: true })
})

t.test('an enrolment is finished by the token that began it', async (t) => {
  const test = await startForTest(t)
  const { token } = await test.server.track({ userId: 'u1', action: 'signIn' })
  const { token: other } = await test.server.track({ userId: 'u1', action: 'signIn' })
  const { body } = await test.client(token, ENROL)
  const code = { verificationCode: shown(body['uri'], test) }
  isError(t, await test.client(other, '/verify/totp', code), [400, 'invalid_request'])

  const { body: second } = await test.client(token, ENROL)
  t.match(await test.client(token, '/verify/totp', code), MISS, 'the first was replaced')
  const fresh = { verificationCode: shown(second['uri'], test) }
  t.match((await test.client(token, '/verify/totp', fresh)).body, { isVerified: true })
  t.equal((await test.server.getAuthenticators({ userId: 'u1' })).length, 1)
})

t.test('the app of one user is none of another', async (t) => {
  const test = await startForTest(t)
  const { uri } = await enrol(test)
  isError(t, await signIn(test, shown(uri, test), 'u2'), [400, 'invalid_request'])
  await enrol(test, 'u2')
  t.match(await signIn(test, shown(uri, test), 'u2'), MISS)
})

t.test('the second authenticator takes the scope, at the end as well', async (t) => {
  const test = await startForTest(t)
  const { token: early } = await test.server.track({ userId: 'u1', action: 'signIn' })
  const { body } = await test.client(early, ENROL)
  await enrolEmail(test.local, 'u1', 'jane@example.com')
  const code = { verificationCode: shown(body['uri'], test) }
  isError(t, await test.client(early, '/verify/totp', code), [403, 'insufficient_scope'])
  const { token } = await test.server.track({ userId: 'u1', action: 'signIn' })
  isError(t, await test.client(token, ENROL), [403, 'insufficient_scope'])

  const attributes = { scope: 'add:authenticators' }
  const scoped = await test.server.track({ userId: 'u1', action: 'addApp', attributes })
  t.equal((await test.client(scoped.token, ENROL)).status, 200)
})

t.test('ten tries in five minutes; a blocked action, an old token and a removed app', async (t) => {
  const test = await startForTest(t)
  const { uri } = await enrol(test)
  test.local.clock.advance(5 * MINUTE)
  for (let tries = 0; tries < 10; tries += 1) {
    t.match(await signIn(test, wrong(shown(uri, test))), MISS)
  }
  isError(t, await signIn(test, shown(uri, test)), [429, 'too_many_requests'])
  test.local.clock.advance(5 * MINUTE)
  for (const code of ['', 'abcdef', '1234567']) t.match(await signIn(test, code), MISS)

  const { token, idempotencyKey } = await test.server.track({ userId: 'u1', action: 'signIn' })
  isError(t, await test.client(token, '/verify/totp', {}), [400, 'invalid_request'])
  const code = { verificationCode: shown(uri, test) }
  const { token: another } = await test.server.track({ userId: 'u1', action: 'signIn' })
  const attributes = { state: UserActionState.BLOCK }
  await test.server.updateAction({ userId: 'u1', action: 'signIn', idempotencyKey, attributes })
  isError(t, await test.client(token, '/verify/totp', code), [403, 'forbidden'])
  isError(t, await test.client(token, ENROL), [403, 'forbidden'])

  const [app] = await test.server.getAuthenticators({ userId: 'u1' })
  const { userAuthenticatorId } = app!
  await test.server.deleteAuthenticator({ userId: 'u1', userAuthenticatorId })
  isError(t, await test.client(another, '/verify/totp', code), [400, 'invalid_request'])
  test.local.clock.advance(10 * MINUTE)
  isError(t, await test.client(another, '/verify/totp', code), [401, 'expired_token'])
})

t.test('the server side may enrol an app that it knows', async (t) => {
  const test = await startForTest(t)
  const enrolVerified = async (otpUri: unknown) =>
    answerOf(
      await fetch(`${test.local.apiUrl}/users/u1/authenticators`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${SECRET}:`)}` },
        body: JSON.stringify({ verificationMethod: 'AUTHENTICATOR_APP', otpUri }),
      }),
    )
  for (const otpUri of [
    '',
    'https://example.com',
    'otpauth://hotp/x?secret=ABCDEFGH&counter=1',
    7,
  ]) {
    isError(t, await enrolVerified(otpUri), [400, 'invalid_request'])
  }
  t.notOk(test.local.users.has('u1'))

  const uri = new TOTP({ issuer: 'Shop', digits: 8, algorithm: 'SHA256' }).toString()
  const { body } = await enrolVerified(uri)
  t.match(body, { authenticator: { verificationMethod: 'AUTHENTICATOR_APP', verifiedAt: String } })
  await enrolVerified(uri)
  t.equal((await test.server.getAuthenticators({ userId: 'u1' })).length, 1, 'a retry is harmless')
  t.match((await signIn(test, shown(uri, test))).body, { isVerified: true })
})
