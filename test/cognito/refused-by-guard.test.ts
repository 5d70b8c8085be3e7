import t from 'tap'
import { cognitoAccounts } from '../../src/cognito/accounts.ts'
import { cognitoClient } from '../../src/cognito/client.ts'
import { cognitoTokenAuthority } from '../../src/cognito/token-authority.ts'
import { cognitoUserPool } from '../../src/cognito/user-pool.ts'
import { ServiceError } from '../../src/errors.ts'
import { CALLS, CLIENT_ID, EMAIL, POOL_ID } from '../support/cognito.ts'
import { failureOf } from '../support/expect-error.ts'
import { NOBODY_LISTENS } from '../support/upstream.ts'

const REFUSAL = new ServiceError('upstream_unavailable', {
  retryAfter: 17,
  upstream: { service: 'cognito', operation: 'any', reason: 'breaker open' },
})
const client = cognitoClient({
  region: 'eu-west-1',
  endpoint: NOBODY_LISTENS,
  guard: { call: () => Promise.reject(REFUSAL) },
})
const options = { client, userPoolId: POOL_ID, clientId: CLIENT_ID, timeoutMs: 5_000 }
const pool = cognitoUserPool(options)
const tokens = cognitoTokenAuthority(options)
const accounts = cognitoAccounts(options)
const signal = AbortSignal.timeout(5_000)
const address = { name: 'email', value: EMAIL } as const

const ALL: Record<string, () => Promise<unknown>> = {
  ...Object.fromEntries(Object.entries(CALLS).map(([name, call]) => [name, () => call(pool)])),
  'InitiateAuth of a looked up user': () =>
    cognitoUserPool({ ...options, usernameForm: 'lookup' }).findUser({
      kind: 'email',
      value: EMAIL,
    }),
  GetTokensFromRefreshToken: () => tokens.refresh('refresh', signal),
  RevokeToken: () => tokens.revoke('refresh', signal),
  GlobalSignOut: () => tokens.revokeAll('access.token.x', signal),
  GetUser: () => accounts.find('access.token.x', signal),
  UpdateUserAttributes: () => accounts.update('access.token.x', { name: 'Ada' }, signal),
  DeleteUser: () => accounts.delete('access.token.x', signal),
  ListUsers: () => accounts.isHeldByAnother(address, 'a-sub', signal),
  AdminUpdateUserAttributes: () => accounts.setVerifiedAddress('ada', address, signal),
  'AdminUpdateUserAttributes (unverified)': () => accounts.setUnverified('ada', 'email', signal),
}

for (const [operation, call] of Object.entries(ALL)) {
  t.test(`${operation} that is not made says when to come again`, async (t) => {
    t.match(await failureOf(call()), { code: 'upstream_unavailable', retryAfter: 17 })
  })
}
