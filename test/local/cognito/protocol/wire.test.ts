import {
  AdminGetUserCommand,
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import t from 'tap'
import { awsFault } from '../../../../local/cognito/index.ts'
import { clientId, errorOf, poolId, startSubject } from '../support.ts'

const SIGNED =
  'AWS4-HMAC-SHA256 Credential=x/20260101/eu-west-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=0'

function call(url: string, operation: string, body: unknown, authorization?: string) {
  return fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
      ...(authorization !== undefined && { authorization }),
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
}

t.test('an error has status 400, both headers, a request id and a bare type', async (t) => {
  const { local } = await startSubject(t)
  const body = { ClientId: 'nobody', AuthFlow: 'CUSTOM_AUTH' }
  const answer = await call(local.url, 'InitiateAuth', body)
  t.equal(answer.status, 400)
  t.equal(answer.headers.get('content-type'), 'application/x-amz-json-1.1')
  t.equal(answer.headers.get('x-amzn-errortype'), 'ResourceNotFoundException:')
  t.equal(answer.headers.get('x-amzn-errormessage'), 'User pool client nobody does not exist.')
  t.match(answer.headers.get('x-amzn-requestid'), /^[\da-f-]{36}$/)
  t.strictSame(await answer.json(), {
    __type: 'ResourceNotFoundException',
    message: 'User pool client nobody does not exist.',
  })
})

t.test('the target header alone decides, whatever the path', async (t) => {
  const { local } = await startSubject(t)
  const body = { UserPoolId: poolId }
  const answer = await call(`${local.url}/any/where`, 'ListUsers', body, SIGNED)
  t.equal(answer.status, 200)
  t.equal(answer.headers.get('content-type'), 'application/x-amz-json-1.1')
  t.match(answer.headers.get('x-amzn-requestid'), /^[\da-f-]{36}$/)
  t.strictSame(await answer.json(), { Users: [] })
})

t.test('answers UnknownOperationException to what it does not speak', async (t) => {
  const { local } = await startSubject(t)
  for (const operation of ['ConfirmSignUp', 'toString', '']) {
    const answer = await call(local.url, operation, {})
    t.equal(answer.status, 400)
    t.match(await answer.json(), { __type: 'UnknownOperationException' })
  }
  const untargeted = await fetch(local.url, { method: 'POST', body: '{}' })
  t.match(await untargeted.json(), { __type: 'UnknownOperationException' })
})

t.test('administrative operations must be signed for this service', async (t) => {
  const { local } = await startSubject(t)
  const foreign = SIGNED.replace('cognito-idp', 's3')
  for (const operation of ['AdminGetUser', 'ListUsers', 'DescribeUserPool']) {
    for (const authorization of [undefined, 'Bearer x', foreign]) {
      const answer = await call(local.url, operation, { UserPoolId: poolId }, authorization)
      t.equal(answer.status, 400)
      t.match(await answer.json(), { __type: 'MissingAuthenticationTokenException' })
    }
  }
  t.equal((await call(local.url, 'ListUsers', { UserPoolId: poolId }, SIGNED)).status, 200)
})

t.test('the SDK signs what must be signed and nothing else', async (t) => {
  const { local, cognito, start } = await startSubject(t)
  local.users.put({ username: 'ann@example.com' })
  await start('ann@example.com')
  await cognito.send(new AdminGetUserCommand({ UserPoolId: poolId, Username: 'ann@example.com' }))
  t.strictSame(
    local.calls.map(({ operation, headers }) => [operation, 'authorization' in headers]),
    [
      ['InitiateAuth', false],
      ['AdminGetUser', true],
    ],
  )
})

t.test('lists every broken constraint in one text', async (t) => {
  const { local } = await startSubject(t)
  const texts: [string, unknown, string][] = [
    [
      'AdminGetUser',
      { UserPoolId: poolId, Username: 'a b' },
      "1 validation error detected: Value at 'username' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+",
    ],
    [
      'AdminGetUser',
      { UserPoolId: poolId, Username: 'a'.repeat(129) },
      "1 validation error detected: Value at 'username' failed to satisfy constraint: Member must have length less than or equal to 128",
    ],
    [
      'InitiateAuth',
      { ClientId: 'a b', AuthFlow: 'NONE' },
      "2 validation errors detected: Value 'a b' at 'clientId' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+]+; Value 'NONE' at 'authFlow' failed to satisfy constraint: Member must satisfy enum value set: [USER_SRP_AUTH, REFRESH_TOKEN_AUTH, REFRESH_TOKEN, CUSTOM_AUTH, USER_PASSWORD_AUTH, USER_AUTH]",
    ],
    [
      'AdminGetUser',
      { Username: 'ann' },
      "1 validation error detected: Value null at 'userPoolId' failed to satisfy constraint: Member must not be null",
    ],
    [
      'AdminCreateUser',
      { UserPoolId: poolId, Username: 'ann', UserAttributes: [{ Name: 'a'.repeat(33) }] },
      `1 validation error detected: Value '${'a'.repeat(33)}' at 'userAttributes.1.member.name' failed to satisfy constraint: Member must have length less than or equal to 32`,
    ],
    [
      'ListUsers',
      { UserPoolId: poolId, Limit: 61 },
      "1 validation error detected: Value '61' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 60",
    ],
  ]
  for (const [operation, body, message] of texts) {
    const answer = await call(local.url, operation, body, SIGNED)
    t.strictSame(await answer.json(), { __type: 'InvalidParameterException', message })
  }
})

t.test('refuses bodies that are not of the right JSON type', async (t) => {
  const { local } = await startSubject(t)
  const bodies = [
    'no json',
    [],
    { ClientId: 5, AuthFlow: 'CUSTOM_AUTH' },
    { ClientId: clientId, AuthFlow: 'CUSTOM_AUTH', AuthParameters: { USERNAME: 1 } },
    { ClientId: clientId, AuthFlow: 'CUSTOM_AUTH', AuthParameters: [] },
  ]
  for (const body of bodies) {
    const answer = await call(local.url, 'InitiateAuth', body)
    t.equal(answer.status, 400)
    t.match(await answer.json(), { __type: 'SerializationException' })
  }
  const created = { UserPoolId: poolId, Username: 'a@example.com' }
  for (const wrong of [
    { UserAttributes: {} },
    { UserAttributes: [1] },
    { ForceAliasCreation: 1 },
  ]) {
    const answer = await call(local.url, 'AdminCreateUser', { ...created, ...wrong }, SIGNED)
    t.match(await answer.json(), { __type: 'SerializationException' })
  }
})

t.test('an injected error looks to the SDK like one of Cognito', async (t) => {
  const { local, start } = await startSubject(t)
  local.users.put({ username: 'ann@example.com' })
  const faults: [string, number][] = [
    ['TooManyRequestsException', 400],
    ['InternalErrorException', 500],
    ['ForbiddenException', 403],
  ]
  for (const [name, status] of faults) {
    local.faults.add({ operation: 'InitiateAuth', fault: awsFault(name, 'No.'), times: 1 })
    await t.rejects(start('ann@example.com'), {
      name,
      message: 'No.',
      $metadata: { httpStatusCode: status },
    })
  }
  t.ok((await start('ann@example.com')).Session)
})

t.test('a fault afterwards spoils the answer of work that was done', async (t) => {
  const { local, start, answer } = await startSubject(t)
  local.users.put({ username: 'ann@example.com' })
  const started = await start('ann@example.com')
  local.faults.add({
    operation: 'RespondToAuthChallenge',
    fault: { ...awsFault('TooManyRequestsException', 'Rate exceeded'), when: 'after' },
    times: 1,
  })
  t.match(await errorOf(answer(started, '123456')), { name: 'TooManyRequestsException' })
  t.match(await errorOf(answer(started, '123456')), { message: /session can only be used once/ })
})

t.test('a retrying client survives a connection that breaks once', async (t) => {
  const { local } = await startSubject(t)
  local.users.put({ username: 'ann@example.com' })
  const retrying = new CognitoIdentityProviderClient({ region: 'eu-west-1', endpoint: local.url })
  t.teardown(() => retrying.destroy())
  local.faults.add({ operation: 'InitiateAuth', fault: { kind: 'reset' }, times: 1 })
  const started = await retrying.send(
    new InitiateAuthCommand({
      ClientId: clientId,
      AuthFlow: 'CUSTOM_AUTH',
      AuthParameters: { USERNAME: 'ann@example.com' },
    }),
  )
  t.equal(started.ChallengeName, 'CUSTOM_CHALLENGE')
  t.equal(local.calls.length, 2)
})
