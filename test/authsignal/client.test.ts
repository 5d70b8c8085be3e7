import t from 'tap'
import { pathSegment } from '../../src/authsignal/client.ts'
import { CALLS, clientAt, EMAIL, SECRET, USER } from '../support/authsignal.ts'
import { signInError } from '../support/expect-error.ts'
import { json, startUpstream, text } from '../support/upstream.ts'

const TRACKED = { state: 'CHALLENGE_REQUIRED', token: 'a.b.c', url: 'https://mfa.example/a.b.c' }

t.test('every call carries the secret as Basic user and the body that is documented', async (t) => {
  const upstream = await startUpstream(t, ({ path }) =>
    json(200, /\/(authenticators|actions\?.*)$/.test(path) ? [] : { ...TRACKED, isValid: true }),
  )
  const client = clientAt(upstream.url)
  for (const call of Object.values(CALLS)) await call(client)
  t.strictSame(
    upstream.requests.map(({ method, path, body }) => [method, path, body && JSON.parse(body)]),
    [
      ['POST', `/v1/users/${USER}/actions/cognitoAuth`, { idempotencyKey: 'key-1', email: EMAIL }],
      ['POST', '/v1/validate', { token: 'a.b.c', userId: USER, action: 'cognitoAuth' }],
      ['GET', `/v1/users/${USER}/authenticators`, ''],
      [
        'POST',
        `/v1/users/${USER}/authenticators`,
        { verificationMethod: 'EMAIL_OTP', email: EMAIL },
      ],
      ['DELETE', `/v1/users/${USER}/authenticators/authenticator-1`, ''],
      [
        'GET',
        `/v1/users/${USER}/actions?fromDate=1970-01-01T00%3A00%3A00.000Z&codes=manageAuthenticators&state=CHALLENGE_SUCCEEDED`,
        '',
      ],
      ['DELETE', `/v1/users/${USER}`, ''],
    ],
  )
  const basic = `Basic ${Buffer.from(`${SECRET}:`).toString('base64')}`
  t.ok(upstream.requests.every(({ headers }) => headers.authorization === basic))
})

t.test('a phone number is enrolled for text messages', async (t) => {
  const upstream = await startUpstream(t, () => json(200, {}))
  await clientAt(upstream.url).enrol(USER, { method: 'SMS', address: '+6421234567' })
  t.strictSame(JSON.parse(upstream.requests[0]?.body ?? ''), {
    verificationMethod: 'SMS',
    phoneNumber: '+6421234567',
  })
})

t.test('an answer to track is read and reduced to what we use', async (t) => {
  const answers = [
    {
      ...TRACKED,
      isEnrolled: true,
      enrolledVerificationMethods: ['SMS', 7, null],
      ruleIds: ['rule-1', {}],
      extra: 1,
    },
    { ...TRACKED, isEnrolled: 'yes', enrolledVerificationMethods: 'SMS', ruleIds: 'rule-1' },
  ]
  const upstream = await startUpstream(t, (_request, count) => json(200, answers[count - 1]))
  const client = clientAt(upstream.url)
  t.strictSame(await CALLS['track']!(client), {
    ...TRACKED,
    isEnrolled: true,
    enrolledMethods: ['SMS'],
    ruleIds: ['rule-1'],
  })
  t.strictSame(await CALLS['track']!(client), {
    ...TRACKED,
    isEnrolled: false,
    enrolledMethods: [],
    ruleIds: [],
  })
})

t.test('an answer to validate is read under our names', async (t) => {
  const answers = [
    {
      isValid: true,
      state: 'CHALLENGE_SUCCEEDED',
      userId: USER,
      actionCode: 'cognitoAuth',
      idempotencyKey: 'key-1',
      verificationMethod: 'SMS',
      error: 'x',
    },
    { isValid: false, userId: 12 },
  ]
  const upstream = await startUpstream(t, (_request, count) => json(200, answers[count - 1]))
  const client = clientAt(upstream.url)
  t.strictSame(await CALLS['validate']!(client), {
    isValid: true,
    state: 'CHALLENGE_SUCCEEDED',
    userId: USER,
    action: 'cognitoAuth',
    idempotencyKey: 'key-1',
    method: 'SMS',
  })
  t.strictSame(await CALLS['validate']!(client), { isValid: false })
})

t.test('authenticators are read with their address and whether it was proven', async (t) => {
  const upstream = await startUpstream(t, () =>
    json(200, [
      { userAuthenticatorId: 'a', verificationMethod: 'EMAIL_OTP', email: EMAIL, verifiedAt: 'x' },
      {
        userAuthenticatorId: 'b',
        verificationMethod: 'SMS',
        phoneNumber: '+64',
        lastVerifiedAt: 1,
      },
      { userAuthenticatorId: 'c', verificationMethod: 'PASSKEY' },
    ]),
  )
  t.strictSame(await clientAt(upstream.url).authenticators(USER), [
    { id: 'a', method: 'EMAIL_OTP', address: EMAIL, isVerified: true, verifiedAt: 'x' },
    { id: 'b', method: 'SMS', address: '+64', isVerified: true },
    { id: 'c', method: 'PASSKEY', address: undefined, isVerified: false },
  ])
})

t.test('authenticators are read with their times and the name of a passkey', async (t) => {
  const times = { createdAt: 'a', verifiedAt: 'b', lastVerifiedAt: 'c' }
  const passkey = { userAuthenticatorId: 'a', verificationMethod: 'PASSKEY' }
  const upstream = await startUpstream(t, () =>
    json(200, [
      { ...passkey, ...times, webauthnCredential: { name: 'iCloud Keychain', deviceId: 'd' } },
      { ...passkey, createdAt: 7, webauthnCredential: { name: 7 }, displayName: EMAIL },
      { ...passkey, webauthnCredential: null },
    ]),
  )
  const read = { id: 'a', method: 'PASSKEY', address: undefined, isVerified: false }
  t.strictSame(await clientAt(upstream.url).authenticators(USER), [
    { ...read, isVerified: true, ...times, name: 'iCloud Keychain' },
    read,
    read,
  ])
})

t.test('past actions are read under our names', async (t) => {
  const action = {
    actionCode: 'pay',
    idempotencyKey: 'key-1',
    state: 'CHALLENGE_SUCCEEDED',
    createdAt: 'a',
    updatedAt: 'b',
    stateUpdatedAt: 'c',
    verificationMethod: 'SMS',
    verifiedByAuthenticatorId: 'd',
  }
  const upstream = await startUpstream(t, () =>
    json(200, [action, { idempotencyKey: 'key-2', state: 7 }]),
  )
  t.strictSame(await CALLS['actions']!(clientAt(upstream.url)), [
    {
      idempotencyKey: 'key-1',
      code: 'pay',
      state: 'CHALLENGE_SUCCEEDED',
      createdAt: 'a',
      stateUpdatedAt: 'c',
      method: 'SMS',
      authenticatorId: 'd',
    },
    { idempotencyKey: 'key-2' },
  ])
})

t.test('an action may be tracked with a scope and data points', async (t) => {
  const upstream = await startUpstream(t, () => json(200, TRACKED))
  await clientAt(upstream.url).track({
    userId: USER,
    action: 'addAuthenticator',
    idempotencyKey: 'key-1',
    attributes: { scope: 'add:authenticators', custom: { amount: 1 } },
  })
  t.match(JSON.parse(upstream.requests[0]?.body ?? ''), {
    scope: 'add:authenticators',
    custom: { amount: 1 },
  })
})

t.test('the address of an authenticator is the one that it sends to', async (t) => {
  const both = { userAuthenticatorId: 'a', email: EMAIL, phoneNumber: '+64' }
  const methods = {
    EMAIL_OTP: EMAIL,
    EMAIL_MAGIC_LINK: EMAIL,
    SMS: '+64',
    WHATSAPP: '+64',
  }
  for (const [verificationMethod, address] of Object.entries(methods)) {
    const upstream = await startUpstream(t, () => json(200, [{ ...both, verificationMethod }]))
    const [read] = await clientAt(upstream.url).authenticators(USER)
    t.equal(read?.address, address, verificationMethod)
  }
  const wrongKind = [
    { userAuthenticatorId: 'b', verificationMethod: 'SMS', email: EMAIL },
    { userAuthenticatorId: 'c', verificationMethod: 'EMAIL_OTP', phoneNumber: '+64' },
    { userAuthenticatorId: 'd', email: EMAIL },
  ]
  const upstream = await startUpstream(t, () => json(200, wrongKind))
  const read = await clientAt(upstream.url).authenticators(USER)
  t.strictSame(
    read.map(({ address }) => address),
    [undefined, undefined, undefined],
  )
})

const GARBAGE = ['[]', '{}', '"text"', '12', 'true', '<html>', '', '{"isValid":"yes"']

t.test('an answer that is not what was asked for cannot be used', async (t) => {
  const odd = ['{"isValid":"true"}', '{"state":1,"token":"a","url":"b"}', '{"token":"a","url":"b"}']
  for (const body of [...GARBAGE, ...odd]) {
    const upstream = await startUpstream(t, () => text(200, body))
    for (const operation of ['track', 'validate']) {
      await t.rejects(
        CALLS[operation]!(clientAt(upstream.url)),
        signInError('upstream_error', { upstream: { operation, reason: 'unusable' } }),
        `${operation}: ${body}`,
      )
    }
  }
  // The SDK itself trips over null and cannot say why.
  const nothing = await startUpstream(t, () => text(200, 'null'))
  await t.rejects(CALLS['track']!(clientAt(nothing.url)), signInError('upstream_error'))
  await t.rejects(CALLS['validate']!(clientAt(nothing.url)), signInError('upstream_unavailable'))
  for (const body of ['null', '{}', '"text"', '', '[null]', '[1]']) {
    const upstream = await startUpstream(t, () => text(200, body))
    for (const operation of ['authenticators', 'actions']) {
      await t.rejects(
        CALLS[operation]!(clientAt(upstream.url)),
        signInError('upstream_error'),
        body,
      )
    }
  }
})

t.test('an id cannot become another endpoint', async (t) => {
  const upstream = await startUpstream(t, () => json(200, []))
  const client = clientAt(upstream.url)
  for (const id of ['../admin', 'u/1?x#y', 'a%2fb', '..;/x', 'ada@example.com', 'ü']) {
    await client.authenticators(id)
    const path = upstream.requests.at(-1)?.path
    t.equal(path, `/v1/users/${encodeURIComponent(id)}/authenticators`, id)
  }
  await client.removeAuthenticator('../admin', '../../x')
  t.equal(upstream.requests.at(-1)?.path, '/v1/users/..%2Fadmin/authenticators/..%2F..%2Fx')
})

t.test('an id that is empty, missing or made of dots is never sent', async (t) => {
  const upstream = await startUpstream(t, () => json(200, []))
  const client = clientAt(upstream.url)
  for (const id of ['', '.', '..', undefined as unknown as string]) {
    t.throws(() => pathSegment(id), { message: 'not usable as an id' })
    await t.rejects(client.authenticators(id), signInError('upstream_error'))
    await t.rejects(client.removeAuthenticator(USER, id), signInError('upstream_error'))
    await t.rejects(client.deleteUser(id), signInError('upstream_error'))
    await t.rejects(
      client.actions({ userId: id, action: 'pay', since: new Date() }),
      signInError('upstream_error'),
    )
    await t.rejects(
      client.enrol(id, { method: 'SMS', address: '+6421234567' }),
      signInError('upstream_error'),
    )
    await t.rejects(
      client.track({ userId: USER, action: id, idempotencyKey: 'k', attributes: {} }),
      signInError('upstream_error'),
    )
  }
  t.strictSame(upstream.requests, [])
})
