import { UserActionState } from '@authsignal/node'
import t from 'tap'
import { optionsOf, REGISTRATION_OPTIONS, startPasskeyTest } from './passkey-support.ts'
import { SoftAuthenticator } from './soft-authenticator.ts'
import { enrolEmail, isError, MINUTE, startForTest, wrong } from './support.ts'

const REGISTER = '/user-authenticators/passkey'

t.test('the first authenticator may be a passkey', async (t) => {
  const test = await startPasskeyTest(t)
  const { server, local } = test
  const attributes = { username: 'jane', email: 'jane@example.com' }
  const { token } = await server.track({ userId: 'u1', action: 'signUp', attributes })
  const { credential, answer } = await test.register(token)
  t.match(answer, {
    status: 200,
    body: { isVerified: true, accessToken: String, userAuthenticatorId: String, userId: 'u1' },
  })
  t.match(await server.validateChallenge({ token: String(answer.body['accessToken']) }), {
    isValid: true,
    verificationMethod: 'PASSKEY',
  })
  const [listed] = await server.getAuthenticators({ userId: 'u1' })
  t.match(listed, {
    userAuthenticatorId: answer.body['userAuthenticatorId'],
    verificationMethod: 'PASSKEY',
    verifiedAt: String,
    username: 'jane',
    webauthnCredential: {
      credentialId: credential.id,
      name: 'Passkey',
      aaguid: '00000000-0000-0000-0000-000000000000',
      credentialBackedUp: false,
      credentialDeviceType: 'singleDevice',
      authenticatorAttachment: 'platform',
    },
  })
  t.notMatch(JSON.stringify([listed, answer.body]), /publicKey|counter/)
  t.match(await server.getUser({ userId: 'u1' }), { enrolledVerificationMethods: ['PASSKEY'] })
  t.equal(local.users.get('u1')?.credentials.size, 1)
})

t.test('by default the demo page and the stand-in itself may ask', async (t) => {
  const { local, server, client } = await startForTest(t)
  for (const [origin, status] of [
    ['http://localhost:3080', 200],
    [local.origin, 200],
    ['http://localhost:3000', 400],
  ] as const) {
    const { token } = await server.track({ userId: `u-${origin.slice(-4)}`, action: 's' })
    const { challengeId, options } = optionsOf(await client(token, REGISTRATION_OPTIONS))
    const registrationCredential = new SoftAuthenticator(origin).create(options.challenge).answer
    const body = { registrationCredential, challengeId }
    t.equal((await client(token, REGISTER, body)).status, status, origin)
  }
})

t.test('the options say all that phones insist on', async (t) => {
  const test = await startPasskeyTest(t)
  const credential = await test.enrol('u1')
  const attributes = { scope: 'add:authenticators' }
  const { token } = await test.server.track({ userId: 'u1', action: 'add', attributes })
  const body = { username: 'j', displayName: 'Jane', authenticatorAttachment: 'platform' }
  const { challengeId, options } = await test.registrationOptions(token, body)
  t.type(challengeId, 'string')
  t.match(options, {
    challenge: /^[\w-]{43}$/,
    rp: { id: 'example.com', name: String },
    user: { id: /^[\w-]{43}$/, name: 'j', displayName: 'Jane' },
    pubKeyCredParams: [{ alg: -8 }, { alg: -7 }, { alg: -257 }],
    timeout: Number,
    attestation: 'none',
    excludeCredentials: [{ id: credential.id, type: 'public-key', transports: ['internal'] }],
    authenticatorSelection: {
      authenticatorAttachment: 'platform',
      requireResidentKey: true,
      residentKey: 'required',
      userVerification: 'required',
    },
  })
  const { options: plain } = await test.registrationOptions(token, {
    authenticatorAttachment: null,
  })
  t.notOk('authenticatorAttachment' in Object(plain['authenticatorSelection']))
  t.match(plain, { user: { name: 'u1', displayName: 'u1' } })
  const { token: fresh } = await test.server.track({ userId: 'u2', action: 'add' })
  t.strictSame((await test.registrationOptions(fresh)).options['excludeCredentials'], [])
  const odd = await test.client(token, REGISTRATION_OPTIONS, { authenticatorAttachment: 'usb' })
  isError(t, odd, [400, 'invalid_request'])
})

t.test('what the device signs has to fit', async (t) => {
  const test = await startPasskeyTest(t)
  const { token } = await test.server.track({ userId: 'u1', action: 'signUp' })
  for (const lies of [
    { origin: 'https://app.example.org' },
    { origin: 'http://localhost:3080' },
    { rpId: 'app.example.com' },
    { challenge: 'A'.repeat(43) },
    { type: 'webauthn.get' },
    { isVerified: false },
  ]) {
    const { answer } = await test.register(token, lies)
    isError(t, answer, [400, 'invalid_credential'])
  }
  t.equal((await test.server.getUser({ userId: 'u1' })).isEnrolled, false)
  t.equal((await test.server.validateChallenge({ token })).state, 'ALLOW')
})

t.test('what the browser creates on its own need not have asked the user', async (t) => {
  const test = await startPasskeyTest(t)
  const { token } = await test.server.track({ userId: 'u1', action: 'signUp' })
  const { challengeId, options } = await test.registrationOptions(token)
  const { answer } = test.device.create(options.challenge, { isVerified: false })
  const body = { registrationCredential: answer, conditionalCreate: true, challengeId }
  t.match(await test.client(token, REGISTER, body), { body: { isVerified: true } })
})

t.test('a challenge is answered once, by the token it was given to, within its time', async (t) => {
  const test = await startPasskeyTest(t)
  const { server, client, local, device } = test
  const { token } = await server.track({ userId: 'u1', action: 'signUp' })
  const { token: other } = await server.track({ userId: 'u1', action: 'signUp' })
  const { challengeId, options } = await test.registrationOptions(token)
  const { answer } = device.create(options.challenge)
  const body = { registrationCredential: answer, challengeId }
  isError(t, await client(other, REGISTER, body), [400, 'invalid_request'])
  t.equal((await client(token, REGISTER, body)).status, 200)
  const { accessToken } = (await client(token, REGISTER, body)).body
  t.equal(accessToken, undefined)

  const { token: late } = await server.track({ userId: 'u2', action: 'signUp' })
  const begun = await test.registrationOptions(late)
  const lateBody = {
    registrationCredential: device.create(begun.options.challenge).answer,
    challengeId: begun.challengeId,
  }
  local.clock.advance(10 * MINUTE)
  isError(t, await client(late, REGISTER, lateBody), [401, 'expired_token'])
})

t.test('a failed answer uses the challenge up as well', async (t) => {
  const test = await startPasskeyTest(t)
  const { token } = await test.server.track({ userId: 'u1', action: 'signUp' })
  const { challengeId, options } = await test.registrationOptions(token)
  const bad = test.device.create(options.challenge, { isVerified: false }).answer
  const good = test.device.create(options.challenge).answer
  const send = (registrationCredential: object) =>
    test.client(token, REGISTER, { registrationCredential, challengeId })
  isError(t, await send(bad), [400, 'invalid_credential'])
  isError(t, await send(good), [400, 'invalid_request'])
})

t.test('a credential is registered once, with one user', async (t) => {
  const test = await startPasskeyTest(t)
  const { id: credentialId } = await test.enrol('u1')
  const { token } = await test.server.track({ userId: 'u2', action: 'signUp' })
  const { answer } = await test.register(token, { credentialId })
  isError(t, answer, [400, 'invalid_credential'])
  const attributes = { scope: 'add:authenticators' }
  const scoped = await test.server.track({ userId: 'u1', action: 'add', attributes })
  const again = await test.register(scoped.token, { credentialId })
  isError(t, again.answer, [400, 'invalid_credential'])
  t.match((await test.register(scoped.token)).answer.body, { isVerified: true }, 'another may be')
})

t.test('the second authenticator takes the scope, at the end as well', async (t) => {
  const test = await startPasskeyTest(t)
  const { server, client, local } = test
  const { token: early } = await server.track({ userId: 'u1', action: 'signUp' })
  const { challengeId, options } = await test.registrationOptions(early)
  await enrolEmail(local, 'u1', 'jane@example.com')
  const registrationCredential = test.device.create(options.challenge).answer
  const body = { registrationCredential, challengeId }
  isError(t, await client(early, REGISTER, body), [403, 'insufficient_scope'])
  const { token } = await server.track({ userId: 'u1', action: 'signIn' })
  isError(t, await client(token, REGISTRATION_OPTIONS, {}), [403, 'insufficient_scope'])

  await client(token, '/challenge/email-otp')
  const code = test.code('jane@example.com')
  const miss = await client(token, '/verify/email-otp', { verificationCode: wrong(code) })
  t.notOk(miss.body['accessToken'])
  const hit = await client(token, '/verify/email-otp', { verificationCode: code })
  const { answer } = await test.register(String(hit.body['accessToken']))
  t.match(answer.body, { isVerified: true }, 'right after a sign-in it has it')
})

t.test('two at once are one too many without the scope', async (t) => {
  const test = await startPasskeyTest(t)
  const { token } = await test.server.track({ userId: 'u1', action: 'signUp' })
  const answers = await Promise.all([1, 2, 3].map(() => test.register(token)))
  const enrolled = answers.filter(({ answer }) => answer.status === 200)
  t.equal(enrolled.length, 1)
})

t.test('a blocked action registers nothing', async (t) => {
  const test = await startPasskeyTest(t)
  const { token, idempotencyKey } = await test.server.track({ userId: 'u1', action: 'signUp' })
  const { challengeId, options } = await test.registrationOptions(token)
  const attributes = { state: UserActionState.BLOCK }
  await test.server.updateAction({ userId: 'u1', action: 'signUp', idempotencyKey, attributes })
  const registrationCredential = test.device.create(options.challenge).answer
  const body = { registrationCredential, challengeId }
  isError(t, await test.client(token, REGISTER, body), [403, 'forbidden'])
  isError(t, await test.client(token, REGISTRATION_OPTIONS, {}), [403, 'forbidden'])
})

t.test('rubbish is refused in the shape the SDKs read', async (t) => {
  const test = await startPasskeyTest(t)
  const { token } = await test.server.track({ userId: 'u1', action: 'signUp' })
  for (const body of [{}, { registrationCredential: 'x' }, undefined]) {
    isError(t, await test.client(token, REGISTER, body), [400, 'invalid_request'])
  }
  const { challengeId, options } = await test.registrationOptions(token)
  const { answer } = test.device.create(options.challenge)
  const response = { ...answer.response, attestationObject: 'AAAA' }
  const registrationCredential = { ...answer, response }
  const broken = await test.client(token, REGISTER, { registrationCredential, challengeId })
  isError(t, broken, [400, 'invalid_credential'])
  isError(t, await test.asTenant(REGISTRATION_OPTIONS, {}), [401, 'unauthorized'])
})
