import { UserActionState } from '@authsignal/node'
import t from 'tap'
import { AUTHENTICATION_OPTIONS, optionsOf, ORIGIN, startPasskeyTest } from './passkey-support.ts'
import { otherKey } from './soft-authenticator.ts'
import { enrolEmail, isError, MINUTE } from './support.ts'

const VERIFY = '/verify/passkey'

t.test('a user signs in with a token and a passkey', async (t) => {
  const test = await startPasskeyTest(t)
  const { server } = test
  const credential = await test.enrol('u1')
  const attributes = { username: 'jane', displayName: 'Jane' }
  await server.updateUser({ userId: 'u1', attributes })
  const { token, state, idempotencyKey } = await server.track({ userId: 'u1', action: 'signIn' })
  t.equal(state, 'CHALLENGE_REQUIRED')
  const { body } = await test.signIn(token, credential)
  t.match(body, {
    isVerified: true,
    accessToken: String,
    userId: 'u1',
    userAuthenticatorId: String,
    username: 'jane',
    userDisplayName: 'Jane',
  })
  t.match(await server.validateChallenge({ token: String(body['accessToken']) }), {
    isValid: true,
    userId: 'u1',
    action: 'signIn',
    idempotencyKey,
    verificationMethod: 'PASSKEY',
  })
})

t.test('the options say all that phones insist on', async (t) => {
  const test = await startPasskeyTest(t)
  const credential = await test.enrol('u1')
  const { token } = await test.server.track({ userId: 'u1', action: 'signIn' })
  const { challengeId, options } = optionsOf(await test.client(token, AUTHENTICATION_OPTIONS, {}))
  t.type(challengeId, 'string')
  t.match(options, {
    challenge: /^[\w-]{43}$/,
    rpId: 'example.com',
    timeout: Number,
    userVerification: 'required',
    allowCredentials: [{ id: credential.id, type: 'public-key', transports: ['internal'] }],
  })
  const open = optionsOf(await test.asTenant(AUTHENTICATION_OPTIONS, {}))
  t.strictSame(open.options['allowCredentials'], [], 'and nobody is named to a stranger')
})

t.test('without a token the passkey names the user, and an action is made up', async (t) => {
  const test = await startPasskeyTest(t)
  const { server } = test
  const credential = await test.enrol('u1')
  const { body } = await test.signInUsernameless(credential, 'cognitoAuth')
  t.match(body, { isVerified: true, accessToken: String, userId: 'u1' })
  const validated = await server.validateChallenge({ token: String(body['accessToken']) })
  t.match(validated, {
    isValid: true,
    state: 'CHALLENGE_SUCCEEDED',
    userId: 'u1',
    action: 'cognitoAuth',
    verificationMethod: 'PASSKEY',
  })
  const { body: second } = await test.signInUsernameless(credential, 'cognitoAuth')
  const other = await server.validateChallenge({ token: String(second['accessToken']) })
  t.not(other.idempotencyKey, validated.idempotencyKey)
  t.equal((await server.queryUserActions({ userId: 'u1', actionCodes: ['cognitoAuth'] })).length, 2)
})

t.test('without an action either, it is verified and gets no token', async (t) => {
  const test = await startPasskeyTest(t)
  const credential = await test.enrol('u1')
  const { body } = await test.signInUsernameless(credential)
  t.match(body, { isVerified: true, userId: 'u1' })
  t.notOk('accessToken' in body)
  t.equal((await test.server.queryUserActions({ userId: 'u1' })).length, 1, 'that of signing up')
})

t.test('what the device signs has to fit', async (t) => {
  const test = await startPasskeyTest(t)
  const credential = await test.enrol('u1')
  const { token } = await test.server.track({ userId: 'u1', action: 'signIn' })
  for (const lies of [
    { origin: 'https://app.example.org' },
    { topOrigin: 'https://app.example.org' },
    { rpId: 'example.org' },
    { challenge: 'A'.repeat(43) },
    { type: 'webauthn.create' },
    { isVerified: false },
    { key: otherKey() },
  ]) {
    isError(t, await test.signIn(token, credential, lies), [400, 'invalid_credential'])
    const answer = await test.signInUsernameless(credential, 'signIn', lies)
    isError(t, answer, [400, 'invalid_credential'])
  }
  t.equal((await test.server.validateChallenge({ token })).state, 'CHALLENGE_REQUIRED')
  t.match((await test.signIn(token, credential)).body, { isVerified: true })
})

t.test('the counter goes up or not at all', async (t) => {
  const test = await startPasskeyTest(t)
  const credential = await test.enrol('u1')
  const { token } = await test.server.track({ userId: 'u1', action: 'signIn' })
  t.equal((await test.signIn(token, credential, { counter: 7 })).status, 200)
  for (const counter of [7, 6, 0]) {
    isError(t, await test.signIn(token, credential, { counter }), [400, 'invalid_credential'])
  }
  t.equal((await test.signIn(token, credential, { counter: 8 })).status, 200)

  const synced = await test.enrol('u2')
  const { token: theirs } = await test.server.track({ userId: 'u2', action: 'signIn' })
  for (const counter of [0, 0]) {
    t.equal((await test.signIn(theirs, synced, { counter })).status, 200, 'synced ones never count')
  }
})

t.test('unknown, removed and foreign passkeys are told apart', async (t) => {
  const test = await startPasskeyTest(t)
  const { server } = test
  const [mine, theirs] = [await test.enrol('u1'), await test.enrol('u2')]
  const { token } = await server.track({ userId: 'u1', action: 'signIn' })
  isError(t, await test.signIn(token, theirs), [400, 'invalid_credential'])
  const unknown = { ...mine, id: 'AAAA' }
  isError(t, await test.signIn(token, unknown), [400, 'unknown_credential'])
  isError(t, await test.signInUsernameless(unknown, 'signIn'), [400, 'unknown_credential'])

  await enrolEmail(test.local, 'u1', 'jane@example.com')
  const [passkey] = await server.getAuthenticators({ userId: 'u1' })
  const { userAuthenticatorId } = passkey!
  await server.deleteAuthenticator({ userId: 'u1', userAuthenticatorId })
  isError(t, await test.signIn(token, mine), [400, 'invalid_credential'])
  isError(t, await test.signInUsernameless(mine, 'signIn'), [400, 'invalid_credential'])
  await server.deleteUser({ userId: 'u1' })
  isError(t, await test.signInUsernameless(mine, 'signIn'), [400, 'unknown_credential'])
  t.equal((await test.signInUsernameless(theirs, 'signIn')).status, 200)
})

t.test('a challenge waits an hour for autofill, and is answered once', async (t) => {
  const test = await startPasskeyTest(t)
  const { asTenant, device, local } = test
  const credential = await test.enrol('u1')
  const begin = async () => {
    const { body } = await asTenant('/challenge', { action: 'signIn' })
    const { challengeId, options } = optionsOf(await asTenant(AUTHENTICATION_OPTIONS, body))
    t.equal(challengeId, body['challengeId'])
    const authenticationCredential = device.get(credential, options.challenge)
    return { authenticationCredential, challengeId }
  }
  const [patient, late] = [await begin(), await begin()]
  local.clock.advance(59 * MINUTE)
  t.match((await asTenant(VERIFY, patient)).body, { isVerified: true })
  isError(t, await asTenant(VERIFY, patient), [400, 'invalid_request'])
  local.clock.advance(MINUTE)
  isError(t, await asTenant(VERIFY, late), [400, 'invalid_request'])
  const { challengeId } = late
  isError(t, await asTenant(AUTHENTICATION_OPTIONS, { challengeId }), [400, 'invalid_request'])
})

t.test('a challenge is answered by the caller and for the purpose it was given', async (t) => {
  const test = await startPasskeyTest(t)
  const { client, asTenant, device, server } = test
  const credential = await test.enrol('u1')
  const { token } = await server.track({ userId: 'u1', action: 'signIn' })
  const { token: other } = await server.track({ userId: 'u1', action: 'signIn' })
  const answer = ({ challengeId, options }: ReturnType<typeof optionsOf>) => ({
    authenticationCredential: device.get(credential, options.challenge),
    challengeId,
  })
  const mine = answer(optionsOf(await client(token, AUTHENTICATION_OPTIONS, {})))
  isError(t, await client(other, VERIFY, mine), [400, 'invalid_request'])
  isError(t, await asTenant(VERIFY, mine), [400, 'invalid_request'])
  const anyones = answer(optionsOf(await asTenant(AUTHENTICATION_OPTIONS, {})))
  isError(t, await client(token, VERIFY, anyones), [400, 'invalid_request'])
  t.equal((await client(token, VERIFY, mine)).status, 200)

  const attributes = { scope: 'add:authenticators' }
  const { token: scoped } = await server.track({ userId: 'u1', action: 'add', attributes })
  const registering = answer(await test.registrationOptions(scoped))
  isError(t, await client(scoped, VERIFY, registering), [400, 'invalid_request'])
})

t.test('rules and states hold for passkeys too', async (t) => {
  const test = await startPasskeyTest(t)
  const { server, local } = test
  const credential = await test.enrol('u1')
  local.rules.add({ action: 'pay', outcome: 'BLOCK' })
  local.rules.add({ action: 'transfer', outcome: 'REVIEW' })
  for (const action of ['pay', 'transfer']) {
    isError(t, await test.signInUsernameless(credential, action), [403, 'forbidden'])
    const [listed] = await server.queryUserActions({ userId: 'u1', actionCodes: [action] })
    t.match(listed?.state, /^(BLOCK|REVIEW_REQUIRED)$/)
  }
  const { token, idempotencyKey } = await server.track({ userId: 'u1', action: 'signIn' })
  const begun = optionsOf(await test.client(token, AUTHENTICATION_OPTIONS, {}))
  const attributes = { state: UserActionState.BLOCK }
  await server.updateAction({ userId: 'u1', action: 'signIn', idempotencyKey, attributes })
  const body = {
    authenticationCredential: test.device.get(credential, begun.options.challenge),
    challengeId: begun.challengeId,
  }
  isError(t, await test.client(token, VERIFY, body), [403, 'forbidden'])
  isError(t, await test.client(token, AUTHENTICATION_OPTIONS, {}), [403, 'forbidden'])
})

t.test('the pre-built UI may ask, by itself and in a frame of the app', async (t) => {
  const test = await startPasskeyTest(t)
  const credential = await test.enrol('u1')
  for (const lies of [
    { origin: test.local.origin },
    { origin: test.local.origin, topOrigin: ORIGIN },
  ]) {
    const { token } = await test.server.track({ userId: 'u1', action: 'signIn' })
    t.match((await test.signIn(token, credential, lies)).body, { isVerified: true })
  }
})

t.test('a passkey without a user brings the device, and its limits hold as well', async (t) => {
  const test = await startPasskeyTest(t)
  const { server, local } = test
  const credential = await test.enrol('u1')
  local.rules.add({ action: 'pay', outcome: 'CHALLENGE', methods: ['SMS'] })
  isError(t, await test.signInUsernameless(credential, 'pay'), [403, 'forbidden'])

  local.rules.add({ newDevice: false, outcome: 'ALLOW' })
  const attributes = { deviceId: 'd1' }
  const stateOn = async () =>
    (await server.track({ userId: 'u1', action: 'signIn', attributes })).state
  t.equal(await stateOn(), 'CHALLENGE_REQUIRED')
  t.equal((await test.signInUsernameless(credential, 'signIn')).status, 200)
  t.equal(await stateOn(), 'ALLOW')
})

t.test('a device can ask whether its passkeys are known', async (t) => {
  const test = await startPasskeyTest(t)
  const { id } = await test.enrol('u1')
  const ask = (query: string, tenantId?: string) =>
    test.asTenant(`/user-authenticators/passkey${query}`, undefined, tenantId)
  t.match(await ask(`?credentialIds=AAAA,${id}`), {
    status: 200,
    body: { credentialId: id, verifiedAt: String },
  })
  isError(t, await ask('?credentialIds=AAAA'), [404, 'not_found'])
  isError(t, await ask(''), [400, 'invalid_request'])
  isError(t, await ask(`?credentialIds=${id}`, 'another'), [401, 'unauthorized'])
})

t.test('the tenant has to be named and the action to be one', async (t) => {
  const { asTenant, local } = await startPasskeyTest(t)
  for (const path of ['/challenge', AUTHENTICATION_OPTIONS, VERIFY]) {
    isError(t, await asTenant(path, {}, 'another'), [401, 'unauthorized'])
    const answer = await fetch(`${local.apiUrl}/client${path}`, { method: 'POST' })
    t.equal(answer.status, 401)
  }
  for (const action of ['', 'a b', 'a'.repeat(65), 7]) {
    isError(t, await asTenant('/challenge', { action }), [400, 'invalid_request'])
  }
  const challengeId = 'unknown'
  isError(t, await asTenant(AUTHENTICATION_OPTIONS, { challengeId }), [400, 'invalid_request'])
  isError(t, await asTenant(VERIFY, { challengeId }), [400, 'invalid_request'])
})
