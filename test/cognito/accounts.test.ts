import { inspect } from 'node:util'
import t, { type Test } from 'tap'
import type { Accounts } from '../../src/account/ports.ts'
import { cognitoAccounts } from '../../src/cognito/accounts.ts'
import { cognitoClient } from '../../src/cognito/client.ts'
import { awsError, awsJson, EMAIL, POOL_ID } from '../support/cognito.ts'
import { failureOf } from '../support/expect-error.ts'
import { NOBODY_LISTENS, reset, startUpstream, text, truncated } from '../support/upstream.ts'
import type { Answer } from '../support/upstream.ts'

const SUB = '34c84488-f0b1-4d1c-9d1a-0e5f2f9d7c11'
const ADDRESS = { name: 'email', value: EMAIL } as const
const USER = {
  Username: 'ada',
  UserAttributes: [
    { Name: 'sub', Value: SUB },
    { Name: 'email', Value: EMAIL },
    { Name: 'name', Value: '' },
  ],
}

process.env['AWS_ACCESS_KEY_ID'] = 'AKIDEXAMPLE'
process.env['AWS_SECRET_ACCESS_KEY'] = 'example'

function accountsAt(endpoint: string): Accounts {
  return cognitoAccounts({
    client: cognitoClient({ region: 'eu-west-1', endpoint }),
    userPoolId: POOL_ID,
  })
}

async function accountsBefore(t: Test, ...answers: Answer[]) {
  const unexpected = awsError('InternalErrorException', 'one call too many', 500)
  const upstream = await startUpstream(t, (_request, count) => answers[count - 1] ?? unexpected)
  return {
    ...upstream,
    accounts: accountsAt(upstream.url),
    input: (index = 0) => JSON.parse(upstream.requests[index]?.body ?? '') as unknown,
  }
}

const soon = () => AbortSignal.timeout(5_000)

/** One call of each method, under a name that begins with the operation that it makes. */
const CALLS: Record<string, (accounts: Accounts, signal: AbortSignal) => Promise<unknown>> = {
  GetUser: (accounts, signal) => accounts.find('access.token.x', signal),
  UpdateUserAttributes: (accounts, signal) =>
    accounts.update('access.token.x', { name: 'Ada', locale: '' }, signal),
  DeleteUser: (accounts, signal) => accounts.delete('access.token.x', signal),
  ListUsers: (accounts, signal) => accounts.isHeldByAnother(ADDRESS, SUB, signal),
  AdminUpdateUserAttributes: (accounts, signal) =>
    accounts.setVerifiedAddress('ada', ADDRESS, signal),
  'AdminUpdateUserAttributes (unverified)': (accounts, signal) =>
    accounts.setUnverified('ada', 'phone_number', signal),
}

function operationOf(name: string): string {
  return name.split(' ')[0]!
}

const INPUTS: Record<string, unknown> = {
  GetUser: { AccessToken: 'access.token.x' },
  UpdateUserAttributes: {
    AccessToken: 'access.token.x',
    UserAttributes: [
      { Name: 'name', Value: 'Ada' },
      { Name: 'locale', Value: '' },
    ],
  },
  DeleteUser: { AccessToken: 'access.token.x' },
  ListUsers: { UserPoolId: POOL_ID, Filter: `email = "${EMAIL}"` },
  AdminUpdateUserAttributes: {
    UserPoolId: POOL_ID,
    Username: 'ada',
    UserAttributes: [
      { Name: 'email', Value: EMAIL },
      { Name: 'email_verified', Value: 'true' },
    ],
  },
  'AdminUpdateUserAttributes (unverified)': {
    UserPoolId: POOL_ID,
    Username: 'ada',
    UserAttributes: [{ Name: 'phone_number_verified', Value: 'false' }],
  },
}
/** What only reads is sent once more when its connection is lost; nothing else ever is. */
const REPEATED = new Set(['GetUser', 'ListUsers'])
const WITH_CREDENTIALS = new Set(['ListUsers', 'AdminUpdateUserAttributes'])

for (const [name, call] of Object.entries(CALLS)) {
  const operation = operationOf(name)

  t.test(`${name} says what is documented, signed only where it has to be`, async (t) => {
    const { accounts, requests, input } = await accountsBefore(
      t,
      awsJson(200, { ...USER, Users: [] }),
    )
    await call(accounts, soon())
    t.equal(requests[0]?.headers['x-amz-target'], `AWSCognitoIdentityProviderService.${operation}`)
    t.strictSame(input(), INPUTS[name])
    t.equal('authorization' in requests[0]!.headers, WITH_CREDENTIALS.has(operation))
  })

  t.test(`${name} survives an upstream that is broken`, async (t) => {
    const page = `<p>${EMAIL}</p>`
    const failures: Record<string, [Answer, string]> = {
      'a reset connection': [reset, 'upstream_unavailable'],
      'an answer cut short': [truncated, 'upstream_error'],
      'a page with status 200': [text(200, page), 'upstream_error'],
      'a page of a firewall': [text(403, page), 'upstream_error'],
      'a page of a gateway': [text(502, page), 'upstream_unavailable'],
      'a bare 400': [text(400, ''), 'upstream_error'],
      throttling: [awsError('TooManyRequestsException', EMAIL), 'upstream_unavailable'],
      'a pool that is not there': [awsError('ResourceNotFoundException', EMAIL), 'upstream_error'],
      'a right that is missing': [awsError('AccessDeniedException', EMAIL), 'upstream_error'],
    }
    for (const [failure, [answer, code]] of Object.entries(failures)) {
      const { accounts, requests } = await accountsBefore(t, answer)
      const error = await failureOf(call(accounts, soon()))
      t.match(error, { code, upstream: { service: 'cognito', operation } }, failure)
      t.notMatch(inspect(error, { depth: 10, showHidden: true }), EMAIL, failure)
      const isRepeated = REPEATED.has(operation) && answer === reset
      t.equal(requests.length, isRepeated ? 2 : 1, failure)
    }
  })

  t.test(`${name} gives up at its deadline`, async (t) => {
    const deadline = new AbortController()
    // Once the request is there: what nobody has seen cannot be seen to close.
    const answer = () => deadline.abort()
    const { accounts, connectionClosed, requests } = await accountsBefore(t, answer)
    const error = await failureOf(call(accounts, deadline.signal))
    t.match(error, { code: 'upstream_timeout', upstream: { operation } })
    await connectionClosed
    t.equal(requests.length, 1)
  })

  t.test(`${name} says so when nobody listens`, async (t) => {
    const error = await failureOf(call(accountsAt(NOBODY_LISTENS), soon()))
    t.match(error, { code: 'upstream_unavailable', retryAfter: 5 })
  })
}

t.test('a user is read with all that is known of them', async (t) => {
  const { accounts } = await accountsBefore(t, awsJson(200, USER))
  t.strictSame(await accounts.find('access.token.x', soon()), {
    outcome: 'account',
    account: { sub: SUB, username: 'ada', attributes: { email: EMAIL, name: '' } },
  })
})

/** What each operation makes of an exception; a text in capitals is a failure. */
const OUTCOMES: [string, string, Record<string, unknown>][] = [
  [
    'UserNotFoundException',
    'User does not exist.',
    {
      GetUser: { outcome: 'gone' },
      UpdateUserAttributes: 'refused',
      DeleteUser: 'done',
      AdminUpdateUserAttributes: 'gone',
      'AdminUpdateUserAttributes (unverified)': 'gone',
    },
  ],
  [
    'NotAuthorizedException',
    'Access Token has been revoked',
    {
      GetUser: { outcome: 'refused' },
      UpdateUserAttributes: 'refused',
      DeleteUser: 'refused',
      AdminUpdateUserAttributes: 'UPSTREAM_ERROR',
    },
  ],
  [
    'NotAuthorizedException',
    'User is disabled.',
    { GetUser: { outcome: 'refused' }, DeleteUser: 'refused' },
  ],
  ['UserNotConfirmedException', 'x', { GetUser: { outcome: 'refused' } }],
  ['PasswordResetRequiredException', 'x', { GetUser: { outcome: 'refused' } }],
  [
    'NotAuthorizedException',
    'A client attempted to write unauthorized attribute',
    { UpdateUserAttributes: 'UPSTREAM_ERROR' },
  ],
  [
    'InvalidParameterException',
    'Attributes did not conform to the schema: name: String must be no longer than 20',
    {
      GetUser: 'UPSTREAM_ERROR',
      UpdateUserAttributes: 'invalid',
      DeleteUser: 'UPSTREAM_ERROR',
      AdminUpdateUserAttributes: 'UPSTREAM_ERROR',
    },
  ],
  [
    'InvalidParameterException',
    'user.name: Attribute cannot be updated.',
    { UpdateUserAttributes: 'UPSTREAM_ERROR' },
  ],
  [
    'AliasExistsException',
    'An account with the given email already exists.',
    { UpdateUserAttributes: 'UPSTREAM_ERROR', AdminUpdateUserAttributes: 'taken' },
  ],
]

t.test('each exception has its outcome', async (t) => {
  for (const [name, message, outcomes] of OUTCOMES) {
    for (const [operation, outcome] of Object.entries(outcomes)) {
      const { accounts } = await accountsBefore(t, awsError(name, message))
      const answer = CALLS[operation]!(accounts, soon())
      const label = `${operation}: ${message}`
      if (outcome === 'UPSTREAM_ERROR')
        t.match(await failureOf(answer), { code: 'upstream_error' }, label)
      else t.strictSame(await answer, outcome, label)
    }
  }
})

const user = (sub: string, attributes: Record<string, string> = {}) => ({
  Username: `user-${sub}`,
  Attributes: Object.entries({ sub, ...attributes }).map(([Name, Value]) => ({ Name, Value })),
})

t.test('an address is held by whoever else has verified it, on whatever page', async (t) => {
  const own = user(SUB, { email_verified: 'true' })
  const claims = [user('b'), user('c', { email_verified: 'false', phone_number_verified: 'true' })]
  const holder = user('d', { email_verified: 'True' })
  const cases: [object[], boolean][] = [
    [[{ Users: [] }], false],
    [[{ Users: [own, ...claims] }], false],
    [[{ Users: [own, holder] }], true],
    [[{ Users: [], PaginationToken: 'p2' }, { Users: [holder] }], true],
    [[{ Users: claims, PaginationToken: 'p2' }, { Users: [own] }], false],
  ]
  for (const [pages, wanted] of cases) {
    const { accounts, input, requests } = await accountsBefore(
      t,
      ...pages.map((page) => awsJson(200, page)),
    )
    t.equal(await accounts.isHeldByAnother(ADDRESS, SUB, soon()), wanted)
    t.equal(requests.length, pages.length)
    if (pages.length > 1) t.match(input(1), { PaginationToken: 'p2' })
  }
})

t.test('an address cannot leave the filter it stands in', async (t) => {
  const { accounts, input } = await accountsBefore(t, awsJson(200, { Users: [] }))
  const value = String.raw`"a\" or"@example.com`
  await accounts.isHeldByAnother({ name: 'email', value }, SUB, soon())
  t.match(input(), { Filter: String.raw`email = "\"a\\\" or\"@example.com"` })
})

t.test(
  'without AWS credentials only what needs them fails, and says what is missing',
  async (t) => {
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, ...rest } = process.env
    process.env = { ...rest, AWS_EC2_METADATA_DISABLED: 'true', HOME: '/nonexistent' }
    t.teardown(() => {
      process.env = { ...rest, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY }
    })
    for (const [name, call] of Object.entries(CALLS)) {
      const operation = operationOf(name)
      const { accounts, requests } = await accountsBefore(t, awsJson(200, USER))
      const answer = call(accounts, soon())
      if (!WITH_CREDENTIALS.has(operation)) {
        await t.resolves(answer, operation)
        continue
      }
      t.match(await failureOf(answer), {
        code: 'upstream_error',
        upstream: { operation, reason: 'CredentialsProviderError' },
      })
      t.equal(requests.length, 0)
    }
  },
)
