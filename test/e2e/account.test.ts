import { setTimeout as sleep } from 'node:timers/promises'
import { VerificationMethod } from '@authsignal/node'
import t, { type Test } from 'tap'
import { awsFault, type Fault } from '../../local/index.ts'
import {
  EMAIL,
  PHONE,
  startAccountStack,
  type AccountStack,
  type SignedIn,
} from '../support/account.ts'
import { AUTHSIGNAL_OPERATIONS, OPERATIONS } from '../support/account-operations.ts'
import { stepUpProof } from '../support/authenticators.ts'
import type { StackOptions } from '../support/stack.ts'
import { AUTHSIGNAL_FAILURES, BROKEN, LEAK } from './upstream-cases.ts'

async function signedIn(
  t: Test,
  options: StackOptions = {},
): Promise<{ stack: AccountStack; ada: SignedIn }> {
  const stack = await startAccountStack(t, options)
  const ada = await stack.signInAs(EMAIL)
  stack.cognitoCalls()
  stack.authsignalCalls()
  return { stack, ada }
}

t.test('the profile is what Cognito holds, without its own names', async (t) => {
  const { stack, ada } = await signedIn(t)
  const { username } = stack.cognito.users.find(EMAIL)!
  t.strictSame((await ada.call('GET', '/me')).body, {
    userId: ada.sub,
    email: EMAIL,
    emailVerified: true,
  })
  t.strictSame(stack.cognitoCalls(), ['GetUser'])
  t.strictSame(stack.authsignalCalls(), [])

  stack.cognito.users.put({
    username,
    attributes: {
      phone_number: PHONE,
      name: 'Ada Lovelace',
      given_name: 'Ada',
      family_name: 'Lovelace',
      middle_name: 'King',
      nickname: 'countess',
      picture: 'https://example.com/ada.png',
      website: 'https://example.com',
      gender: 'female',
      birthdate: '1815-12-10',
      zoneinfo: 'Europe/London',
      locale: 'en-GB',
      preferred_username: 'ada',
      'custom:plan': 'gold',
      email_verified: 'True',
    },
  })
  const { status, body, headers } = await ada.call('GET', '/me')
  t.equal(status, 200)
  t.equal(headers.get('cache-control'), 'no-store')
  t.strictSame(body, {
    userId: ada.sub,
    email: EMAIL,
    emailVerified: true,
    phoneNumber: PHONE,
    phoneNumberVerified: false,
    name: 'Ada Lovelace',
    givenName: 'Ada',
    familyName: 'Lovelace',
    middleName: 'King',
    nickname: 'countess',
    picture: 'https://example.com/ada.png',
    website: 'https://example.com',
    gender: 'female',
    birthdate: '1815-12-10',
    zoneinfo: 'Europe/London',
    locale: 'en-GB',
  })
})

t.test('in a pool whose usernames are made up, none is shown', async (t) => {
  const { stack, ada } = await signedIn(t, { pool: { usernames: 'alias' } })
  const { username, sub } = stack.cognito.users.find(EMAIL)!
  t.not(username, sub)
  const { body } = await ada.call('GET', '/me')
  t.equal(body.userId, sub)
  t.notMatch(JSON.stringify(body), username)
})

t.test('a profile is changed with the right of the user, and answered as it is then', async (t) => {
  const { stack, ada } = await signedIn(t)
  const changes = { name: 'Ada Lovelace', givenName: 'Ada', locale: 'en-NZ' }
  const { status, body } = await ada.call('PATCH', '/me', changes)
  t.equal(status, 200)
  t.strictSame(body, { userId: ada.sub, email: EMAIL, emailVerified: true, ...changes })
  t.strictSame(stack.cognitoCalls(), ['GetUser', 'UpdateUserAttributes'])
  const [, update] = stack.cognito.calls.splice(0)
  t.equal(update?.headers['authorization'], undefined, 'no AWS credentials')
  t.strictSame((await ada.call('GET', '/me')).body, body)

  const removed = await ada.call('PATCH', '/me', { givenName: '', locale: 'de' })
  t.strictSame(removed.body, {
    userId: ada.sub,
    email: EMAIL,
    emailVerified: true,
    name: 'Ada Lovelace',
    locale: 'de',
  })
  t.strictSame((await ada.call('GET', '/me')).body, removed.body)
})

t.test('what is not on the list cannot be changed, and nothing of such a request is', async (t) => {
  const { stack, ada } = await signedIn(t)
  const cases: [object, string[]][] = [
    [{ name: 'Ada', picture: 'https://example.com/x.png' }, ['/picture']],
    [{ birthdate: '1815-12-10', website: 'x' }, ['/birthdate', '/website']],
    [{ email: 'new@example.com' }, ['']],
    [{ name: 'Ada', emailVerified: true }, ['']],
    [{ phoneNumber: PHONE }, ['']],
    [{ userId: 'another' }, ['']],
    [{ sub: 'another' }, ['']],
    [{ 'custom:plan': 'gold' }, ['']],
    [{ given_name: 'Ada' }, ['']],
    [{}, ['']],
    [{ name: null }, ['/name']],
    [{ name: ['Ada'] }, ['/name']],
    [{ name: 'x'.repeat(2049) }, ['/name']],
  ]
  for (const [changes, pointers] of cases) {
    const { status, body } = await ada.call('PATCH', '/me', changes)
    t.equal(status, 400, JSON.stringify(changes).slice(0, 60))
    t.equal(body.code, 'invalid_request')
    t.strictSame(
      body.errors.map(({ pointer }: { pointer: string }) => pointer),
      pointers,
    )
  }
  t.strictSame(stack.cognitoCalls(), [])
  t.strictSame(stack.cognito.users.find(EMAIL)!.attributes['name'], undefined)
})

t.test('the operator decides which fields users may change', async (t) => {
  const { ada } = await signedIn(t, { env: { PROFILE_ATTRIBUTES: 'picture, birthdate' } })
  const picture = 'https://example.com/x.png'
  t.match(await ada.call('PATCH', '/me', { picture }), { status: 200, body: { picture } })
  t.equal((await ada.call('PATCH', '/me', { name: 'Ada' })).status, 400)
})

t.test('every way a change can be refused or fail has its code', async (t) => {
  const { stack, ada } = await signedIn(t)
  const cases: [string, string, number, string][] = [
    [
      'InvalidParameterException',
      'Attributes did not conform to the schema: x',
      400,
      'invalid_request',
    ],
    ['InvalidParameterException', 'user.name: Attribute cannot be updated.', 502, 'upstream_error'],
    [
      'InvalidParameterException',
      'Attributes did not conform to the schema: name: Attribute does not exist in the schema.',
      502,
      'upstream_error',
    ],
    [
      'NotAuthorizedException',
      'A client attempted to write unauthorized attribute',
      502,
      'upstream_error',
    ],
    ['NotAuthorizedException', 'Access Token has been revoked', 401, 'invalid_token'],
    ['UserNotFoundException', 'User does not exist.', 401, 'invalid_token'],
    ['TooManyRequestsException', 'Rate exceeded', 503, 'upstream_unavailable'],
    [
      'UserLambdaValidationException',
      `PreUpdate failed with error ${LEAK}.`,
      502,
      'upstream_error',
    ],
    ['InternalErrorException', 'oops', 503, 'upstream_unavailable'],
  ]
  for (const [name, message, status, code] of cases) {
    const fault = awsFault(name, message)
    stack.cognito.faults.add({ operation: 'UpdateUserAttributes', fault, times: 1 })
    t.match(await ada.call('PATCH', '/me', { name: 'A' }), { status, body: { code } }, message)
  }
  t.notMatch(stack.log.join(''), LEAK)
})

t.test(
  'a client that may not write a field is a matter for the operator, not for the user',
  async (t) => {
    const { ada } = await signedIn(t, { client: { writeAttributes: ['locale'] } })
    t.match(await ada.call('PATCH', '/me', { name: 'Ada' }), { body: { code: 'upstream_error' } })
    t.equal((await ada.call('PATCH', '/me', { locale: 'de' })).status, 200)
  },
)

t.test('no operation takes anything but an access token of this client', async (t) => {
  const { stack, ada } = await signedIn(t)
  const client = { clientId: 'anotherclient' }
  const elsewhere = await signedIn(t, { pool: { poolId: 'eu-west-1_OtherPool' } })
  const otherClient = await signedIn(t, { client })
  const [header, payload, signature] = ada.accessToken.split('.')
  for (const { method, path, body } of OPERATIONS) {
    for (const authorization of [
      undefined,
      'Bearer',
      `Basic ${ada.accessToken}`,
      `Bearer ${ada.idToken}`,
      `Bearer ${ada.refreshToken}`,
      `Bearer ${elsewhere.ada.accessToken}`,
      `Bearer ${otherClient.ada.accessToken}`,
      `Bearer ${header}.${payload}x.${signature}`,
      `Bearer ${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`,
    ]) {
      const answer = await stack.call(method, path, authorization, body)
      t.match(answer, { status: 401, body: { code: 'invalid_token' } }, `${method} ${path}`)
      t.match(answer.headers.get('www-authenticate'), 'Bearer')
    }
  }
  t.strictSame(stack.cognitoCalls(), [], 'Cognito is not asked')
  t.strictSame(stack.authsignalCalls(), [])
})

t.test('an expired token is refused', async (t) => {
  const stack = await startAccountStack(t)
  const ada = await stack.signInAs(EMAIL, { minutesAgo: 61 })
  stack.cognitoCalls()
  for (const { method, path, body } of OPERATIONS) {
    t.match(await ada.call(method, path, body), { status: 401, body: { code: 'invalid_token' } })
  }
  t.strictSame(stack.cognitoCalls(), [])
})

t.test('a token that reads well but is revoked, or whose user is, changes nothing', async (t) => {
  const { stack, ada } = await signedIn(t)
  const ways: [string, () => unknown][] = [
    ['disabled', () => stack.cognito.users.disable(EMAIL)],
    [
      'revoked',
      async () => {
        stack.cognito.users.enable(EMAIL)
        await stack.post('/sign-out-everywhere', undefined, {
          authorization: `Bearer ${ada.accessToken}`,
        })
      },
    ],
  ]
  for (const [way, bring] of ways) {
    await bring()
    stack.cognitoCalls()
    stack.authsignalCalls()
    for (const { method, path, body } of OPERATIONS) {
      const answer = await ada.call(method, path, body)
      t.match(answer, { status: 401, body: { code: 'invalid_token' } }, `${way}: ${path}`)
      t.strictSame(stack.cognitoCalls(), ['GetUser'])
    }
    t.strictSame(stack.authsignalCalls(), [])
  }
  stack.cognito.users.delete(EMAIL)
  for (const { method, path, body } of OPERATIONS) {
    const answer = await ada.call(method, path, body)
    const wanted = method === 'DELETE' && path === '/me' ? 204 : 401
    t.equal(answer.status, wanted, `deleted: ${method} ${path}`)
  }
})

t.test('a deleted account is gone from both systems, and can be deleted again', async (t) => {
  const { stack, ada } = await signedIn(t)
  const bob = await stack.signInAs('bob@example.com')
  const { refreshToken } = ada
  t.equal((await stack.post('/refresh', { refreshToken })).status, 200)
  stack.cognitoCalls()
  stack.authsignalCalls()
  const { status, body } = await ada.call('DELETE', '/me')
  t.equal(status, 204)
  t.equal(body, undefined)
  t.strictSame(stack.cognitoCalls(), ['GetUser', 'DeleteUser'])
  const deletion = 'DELETE /users/:userId'
  t.strictSame(stack.authsignalCalls(), [deletion, deletion], 'once more at the end')
  t.equal(stack.cognito.users.find(EMAIL), undefined)
  t.notOk(stack.authsignal.users.has(ada.sub))

  t.equal((await ada.call('DELETE', '/me')).status, 204, 'again')
  const refreshed = await stack.post('/refresh', { refreshToken })
  t.equal(refreshed.status, 401, 'what was refreshed a moment ago is not given out again')
  t.ok(stack.authsignal.users.has(bob.sub), 'nobody else is')
  t.equal((await bob.call('GET', '/me')).status, 200)
  t.equal((await stack.signIn({ email: EMAIL })).status, 200, 'the address can begin anew')
})

t.test('deleting says gone where Authsignal says that it never knew the user', async (t) => {
  const { stack, ada } = await signedIn(t)
  const fault: Fault = { kind: 'answer', status: 404, body: '{"error":"not_found"}' }
  stack.authsignal.faults.add({ operation: 'DELETE /users/:userId', fault, times: 1 })
  t.equal((await ada.call('DELETE', '/me')).status, 204)
})

const DOWN: Fault = { kind: 'answer', status: 503, body: '{}' }
const TROUBLE: [string, Fault][] = [
  ['is down', DOWN],
  ['breaks off before', { kind: 'reset' }],
  ['breaks off after the deed', { kind: 'reset', when: 'after' }],
]

for (const [trouble, fault] of TROUBLE) {
  t.test(`a deletion that is repeated leaves nothing: one system ${trouble}`, async (t) => {
    for (const operation of ['GetUser', 'DELETE /users/:userId', 'DeleteUser']) {
      const { stack, ada } = await signedIn(t)
      const { faults } = operation.includes('/') ? stack.authsignal : stack.cognito
      // What can be repeated is asked for twice where a connection breaks.
      faults.add({ operation, fault, times: operation === 'DeleteUser' ? 1 : 2 })
      const first = await ada.call('DELETE', '/me')
      t.equal(first.status, 503, operation)
      if (operation === 'GetUser') t.ok(stack.authsignal.users.has(ada.sub), 'nothing deleted yet')
      if (operation !== 'DeleteUser') t.ok(stack.cognito.users.find(EMAIL), 'not in this order')
      faults.clear()
      t.equal((await ada.call('DELETE', '/me')).status, 204, operation)
      t.equal(stack.cognito.users.find(EMAIL), undefined)
      t.notOk(stack.authsignal.users.has(ada.sub))
    }
  })
}

t.test('an account left over in Cognito can sign in and repeat the deletion', async (t) => {
  const { stack, ada } = await signedIn(t)
  stack.cognito.faults.add({ operation: 'DeleteUser', fault: DOWN, times: 1 })
  t.equal((await ada.call('DELETE', '/me')).status, 503)
  const again = await stack.signInAs(EMAIL)
  t.equal(again.sub, ada.sub)
  t.equal((await again.call('DELETE', '/me')).status, 204)
  t.equal(stack.cognito.users.find(EMAIL), undefined)
  t.notOk(stack.authsignal.users.has(ada.sub))
})

t.test('a start between the two deletions leaves nothing behind', async (t) => {
  const { stack, ada } = await signedIn(t)
  const { username } = stack.cognito.users.find(EMAIL)!
  const fault: Fault = { kind: 'delay', ms: 4_000 }
  stack.cognito.faults.add({ operation: 'DeleteUser', fault, times: 1 })
  const answer = ada.call('DELETE', '/me')
  while (stack.authsignal.users.has(ada.sub)) await sleep(5)
  t.equal((await stack.start({ username })).status, 200)
  t.ok(stack.authsignal.users.has(ada.sub), 'the start has made them anew')
  t.equal((await answer).status, 204)
  t.notOk(stack.authsignal.users.has(ada.sub))
})

t.test('where the last of three deletions fails, the repeat ends it', async (t) => {
  const { stack, ada } = await signedIn(t)
  const delayed: Fault = { kind: 'delay', ms: 500 }
  stack.cognito.faults.add({ operation: 'DeleteUser', fault: delayed, times: 1 })
  const answer = ada.call('DELETE', '/me')
  while (stack.authsignal.users.has(ada.sub)) await sleep(5)
  stack.authsignal.faults.add({ operation: 'DELETE /users/:userId', fault: DOWN, times: 1 })
  t.equal((await answer).status, 503)
  t.equal(stack.cognito.users.find(EMAIL), undefined)
  t.equal((await ada.call('DELETE', '/me')).status, 204)
})

t.test('the repeat needs no other step-up when the first one went with the user', async (t) => {
  const stack = await startAccountStack(t)
  const ada = await stack.signInAs(EMAIL, { minutesAgo: 11 })
  t.match(await ada.call('DELETE', '/me'), { body: { code: 'step_up_required' } })
  await stepUpProof(stack, ada)
  stack.cognito.faults.add({ operation: 'DeleteUser', fault: DOWN, times: 1 })
  t.equal((await ada.call('DELETE', '/me')).status, 503)
  t.notOk(stack.authsignal.users.has(ada.sub))
  t.equal((await ada.call('DELETE', '/me')).status, 204)
  t.equal(stack.cognito.users.find(EMAIL), undefined)
})

t.test('whoever Authsignal knows anything of has to step up for a deletion', async (t) => {
  const stack = await startAccountStack(t)
  const ada = await stack.signInAs(EMAIL, { minutesAgo: 11 })
  const [mail] = stack.authsignal.users.get(ada.sub)!.authenticators
  const { userAuthenticatorId } = mail!
  await stack.server.deleteAuthenticator({ userId: ada.sub, userAuthenticatorId })
  t.match(await ada.call('DELETE', '/me'), { body: { code: 'step_up_required' } }, 'a username')
  await stack.server.deleteUser({ userId: ada.sub })
  await stack.server.enrollVerifiedAuthenticator({
    userId: ada.sub,
    attributes: { verificationMethod: VerificationMethod.EMAIL_OTP, email: EMAIL },
  })
  t.match(await ada.call('DELETE', '/me'), { body: { code: 'step_up_required' } }, 'a way in')
  stack.authsignal.faults.add({ operation: 'GET /users/:userId', fault: DOWN, times: 1 })
  t.match(await ada.call('DELETE', '/me'), { status: 503 }, 'nobody knows')
  t.ok(stack.cognito.users.find(EMAIL))
})

t.test('a token revoked between the look and the deletion is told so', async (t) => {
  const { stack, ada } = await signedIn(t)
  const fault = awsFault('NotAuthorizedException', 'Access Token has been revoked')
  stack.cognito.faults.add({ operation: 'DeleteUser', fault, times: 1 })
  t.match(await ada.call('DELETE', '/me'), { status: 401, body: { code: 'invalid_token' } })
  t.ok(stack.cognito.users.find(EMAIL))
})

t.test('a Cognito that breaks off, hangs or talks nonsense', async (t) => {
  const { stack, ada } = await signedIn(t, { env: { UPSTREAM_TIMEOUT_MS: '5000' } })
  for (const { method, path, body } of OPERATIONS) {
    for (const [name, fault, code] of BROKEN.filter(([, { kind }]) => kind !== 'hang')) {
      stack.cognito.faults.add({ operation: 'GetUser', fault })
      stack.cognitoCalls()
      const answer = await ada.call(method, path, body)
      t.equal(answer.body.code, code, `${name}: ${method} ${path}`)
      const calls = fault.kind === 'reset' ? ['GetUser', 'GetUser'] : ['GetUser']
      t.strictSame(stack.cognitoCalls(), calls, 'once more where the connection was lost')
      stack.cognito.faults.clear()
      // A success, so that the failures here are none in a row.
      await ada.call('GET', '/me')
    }
  }
  stack.cognito.faults.add({ operation: 'GetUser', fault: { kind: 'hang' } })
  const answers = await Promise.all(
    OPERATIONS.map(({ method, path, body }) => ada.call(method, path, body)),
  )
  t.strictSame(new Set(answers.map(({ body }) => body.code)), new Set(['upstream_timeout']))
  t.notMatch(stack.log.join(''), EMAIL)
})

t.test('an answer about a user that says nothing of one cannot be used', async (t) => {
  const { stack, ada } = await signedIn(t)
  for (const body of [
    '{}',
    'null',
    '[]',
    '{"Username":"ada"}',
    '{"Username":"ada","UserAttributes":{}}',
    '{"Username":"ada","UserAttributes":[{"Name":"email","Value":"a@example.com"}]}',
    '{"Username":1,"UserAttributes":[{"Name":"sub","Value":"x"}]}',
    '{"Username":"ada","UserAttributes":[{"Name":"sub","Value":5},null,7]}',
  ]) {
    const fault: Fault = { kind: 'answer', status: 200, body }
    stack.cognito.faults.add({ operation: 'GetUser', fault, times: 1 })
    t.match(await ada.call('GET', '/me'), { status: 502, body: { code: 'upstream_error' } }, body)
  }
})

t.test('every Authsignal failure has its documented code and leaks nothing', async (t) => {
  const { stack, ada } = await signedIn(t, { secret: 'tenant-secret' })
  const answers: string[] = []
  for (const { method, path, body, first } of AUTHSIGNAL_OPERATIONS) {
    for (const [name, fault, code] of AUTHSIGNAL_FAILURES) {
      if (fault.kind === 'hang') continue
      // The SDK reads no answer to a DELETE: any 2xx is a success.
      if (name === 'HTML 200' && first.startsWith('DELETE')) continue
      // To refuse a token is an answer.
      const isRefusal = name === 'bad request' && first === 'POST /validate'
      stack.authsignal.faults.add({ operation: first, fault })
      const answer = await ada.call(method, path, body)
      const wanted = isRefusal ? 'challenge_failed' : code
      t.equal(answer.body?.code, wanted, `${name}: ${method} ${path}`)
      answers.push(JSON.stringify(answer.body))
      stack.authsignal.faults.clear()
    }
  }
  t.ok(stack.cognito.users.find(EMAIL), 'nothing was half done')
  for (const forbidden of [EMAIL, 'tenant-secret', 'dGVuYW50LXNlY3JldD', 'eyJhbGciOi', ada.sub]) {
    t.notOk(stack.log.join('').includes(forbidden), forbidden)
    t.notOk(answers.join('').includes(forbidden), forbidden)
  }
})

t.test('an Authsignal that never answers is given up on', async (t) => {
  const { stack, ada } = await signedIn(t)
  stack.authsignal.faults.add({ operation: '*', fault: { kind: 'hang' } })
  const answers = await Promise.all(
    AUTHSIGNAL_OPERATIONS.map(({ method, path, body }) => ada.call(method, path, body)),
  )
  t.strictSame(
    answers.map(({ status, body }) => [status, body.code]),
    AUTHSIGNAL_OPERATIONS.map(() => [504, 'upstream_timeout']),
  )
  stack.authsignal.faults.clear()
  // So many in a row open the breaker for a moment.
  let answer = await ada.call('GET', '/authenticators')
  while (answer.status === 503) {
    await sleep(100)
    answer = await ada.call('GET', '/authenticators')
  }
  t.equal(answer.status, 200)
})
