import { UserActionState } from '@authsignal/node'
import t from 'tap'
import { startPasskeyTest, type PasskeyTest } from './passkey-support.ts'
import { otherKey, type Lies, type SoftCredential } from './soft-authenticator.ts'
import { enrolEmail, isError, MINUTE } from './support.ts'

const ENROL = '/user-authenticators/security-key'
const VERIFY = '/verify/security-key'

const challengeOf = (body: Record<string, unknown>) => String(body['challenge'])

async function register({ client, device }: PasskeyTest, token: string, lies?: Lies) {
  const { body } = await client(token, `${ENROL}/registration-options`, {})
  const { credential, answer } = device.create(challengeOf(body), lies)
  return { credential, answer: await client(token, ENROL, answer) }
}

async function enrol(test: PasskeyTest, userId = 'u1'): Promise<SoftCredential> {
  const { token } = await test.server.track({ userId, action: 'signUp' })
  return (await register(test, token, { isVerified: false })).credential
}

async function verify(test: PasskeyTest, token: string, credential: SoftCredential, lies?: Lies) {
  const { body } = await test.client(token, `${ENROL}/authentication-options`, {})
  return test.client(token, VERIFY, test.device.get(credential, challengeOf(body), lies))
}

t.test('a key that only feels a touch is enrolled and signs in', async (t) => {
  const test = await startPasskeyTest(t)
  const { server } = test
  const { token } = await server.track({ userId: 'u1', action: 'signUp' })
  const { credential, answer } = await register(test, token, { isVerified: false })
  t.match(answer.body, {
    isVerified: true,
    accessToken: String,
    userAuthenticator: { verificationMethod: 'SECURITY_KEY' },
  })
  t.match(await server.getAuthenticators({ userId: 'u1' }), [
    { webauthnCredential: { credentialId: credential.id, name: 'Security key' } },
  ])
  const tracked = await server.track({ userId: 'u1', action: 'signIn' })
  t.equal(tracked.state, 'CHALLENGE_REQUIRED')
  const { body } = await verify(test, tracked.token, credential, { isVerified: false })
  t.match(body, { isVerified: true, accessToken: String })
  t.match(await server.validateChallenge({ token: String(body['accessToken']) }), {
    isValid: true,
    verificationMethod: 'SECURITY_KEY',
  })
})

t.test('the options come bare', async (t) => {
  const test = await startPasskeyTest(t)
  const { id } = await enrol(test)
  const attributes = { scope: 'add:authenticators' }
  const { token } = await test.server.track({ userId: 'u1', action: 'add', attributes })
  t.match((await test.client(token, `${ENROL}/registration-options`, {})).body, {
    challenge: String,
    rp: { id: 'example.com' },
    excludeCredentials: [{ id }],
    authenticatorSelection: {
      authenticatorAttachment: 'cross-platform',
      residentKey: 'discouraged',
      userVerification: 'discouraged',
    },
  })
  t.match((await test.client(token, `${ENROL}/authentication-options`, {})).body, {
    challenge: String,
    rpId: 'example.com',
    allowCredentials: [{ id }],
  })
})

t.test('what the key signs has to fit', async (t) => {
  const test = await startPasskeyTest(t)
  const credential = await enrol(test)
  const { token } = await test.server.track({ userId: 'u1', action: 'signIn' })
  const { token: fresh } = await test.server.track({ userId: 'u2', action: 'signUp' })
  for (const lies of [
    { origin: 'https://evil.example.org' },
    { rpId: 'example.org' },
    { challenge: 'A'.repeat(43) },
  ]) {
    isError(t, await verify(test, token, credential, lies), [400, 'invalid_credential'])
    isError(t, (await register(test, fresh, lies)).answer, [400, 'invalid_credential'])
  }
  for (const lies of [{ key: otherKey() }, { counter: 0 }]) {
    await verify(test, token, credential)
    isError(t, await verify(test, token, credential, lies), [400, 'invalid_credential'])
  }
  const foreign = await enrol(test, 'u3')
  isError(t, await verify(test, token, foreign), [400, 'invalid_credential'])
  const unknown = { ...credential, id: 'AAAA' }
  isError(t, await verify(test, token, unknown), [400, 'unknown_credential'])
})

t.test('a challenge is answered once, by the token it was given to', async (t) => {
  const test = await startPasskeyTest(t)
  const { client, server, device } = test
  const credential = await enrol(test)
  const { token } = await server.track({ userId: 'u1', action: 'signIn' })
  const { token: other } = await server.track({ userId: 'u1', action: 'signIn' })
  const { body } = await client(token, `${ENROL}/authentication-options`, {})
  const answer = device.get(credential, challengeOf(body))
  isError(t, await client(other, VERIFY, answer), [400, 'invalid_request'])
  t.equal((await client(token, VERIFY, answer)).status, 200)
  isError(t, await client(token, VERIFY, answer), [400, 'invalid_request'])
  isError(t, await client(token, VERIFY, {}), [400, 'invalid_request'])
  isError(t, await client(token, ENROL, {}), [400, 'invalid_request'])
  test.local.clock.advance(10 * MINUTE)
  isError(t, await client(token, VERIFY, answer), [401, 'expired_token'])
})

t.test('a key is no passkey, and a passkey no key', async (t) => {
  const test = await startPasskeyTest(t)
  const [key, passkey] = [await enrol(test), await test.enrol('u2')]
  const { token } = await test.server.track({ userId: 'u1', action: 'signIn' })
  isError(t, await test.signIn(token, key), [400, 'invalid_credential'])
  isError(t, await test.signInUsernameless(key, 'signIn'), [400, 'invalid_credential'])
  const { token: theirs } = await test.server.track({ userId: 'u2', action: 'signIn' })
  isError(t, await verify(test, theirs, passkey), [400, 'invalid_credential'])
  const known = await test.asTenant(`/user-authenticators/passkey?credentialIds=${key.id}`)
  isError(t, known, [404, 'not_found'])
  isError(t, await test.asTenant(VERIFY, {}), [401, 'unauthorized'])
})

t.test('scope, removal and a blocked action', async (t) => {
  const test = await startPasskeyTest(t)
  const { server, client } = test
  const credential = await enrol(test)
  const { token, idempotencyKey } = await server.track({ userId: 'u1', action: 'signIn' })
  for (const path of [`${ENROL}/registration-options`, ENROL]) {
    const body = test.device.create('x').answer
    isError(t, await client(token, path, body), [403, 'insufficient_scope'])
  }
  const { token: early } = await server.track({ userId: 'u2', action: 'signUp' })
  const { body } = await client(early, `${ENROL}/registration-options`, {})
  await enrolEmail(test.local, 'u2', 'jane@example.com')
  const late = await client(early, ENROL, test.device.create(challengeOf(body)).answer)
  isError(t, late, [403, 'insufficient_scope'])

  const [enrolled] = await server.getAuthenticators({ userId: 'u1' })
  const { userAuthenticatorId } = enrolled!
  await server.deleteAuthenticator({ userId: 'u1', userAuthenticatorId })
  isError(t, await verify(test, token, credential), [400, 'invalid_credential'])
  const attributes = { state: UserActionState.BLOCK }
  await server.updateAction({ userId: 'u1', action: 'signIn', idempotencyKey, attributes })
  isError(t, await client(token, `${ENROL}/authentication-options`, {}), [403, 'forbidden'])
  isError(t, await client(token, `${ENROL}/registration-options`, {}), [403, 'forbidden'])
})
