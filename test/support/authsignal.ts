import { inspect } from 'node:util'
import { authsignalClient, type AuthsignalClient } from '../../src/authsignal/client.ts'

export const SECRET = 'sk_live_do-not-print-me'
export const USER = '34c84488-f0b1-4d1c-9d1a-0e5f2f9d7c11'
export const EMAIL = 'ada@example.com'

export function clientAt(url: string, timeoutMs = 5_000): AuthsignalClient {
  return authsignalClient({ secret: SECRET, url: `${url}/v1`, timeoutMs })
}

/** One call of each method of the client. */
export const CALLS: Record<string, (client: AuthsignalClient) => Promise<unknown>> = {
  track: (client) =>
    client.track({
      userId: USER,
      action: 'cognitoAuth',
      idempotencyKey: 'key-1',
      attributes: { email: EMAIL },
    }),
  validate: (client) => client.validate({ token: 'a.b.c', userId: USER, action: 'cognitoAuth' }),
  authenticators: (client) => client.authenticators(USER),
  enrol: (client) => client.enrol(USER, { method: 'EMAIL_OTP', address: EMAIL }),
  removeAuthenticator: (client) => client.removeAuthenticator(USER, 'authenticator-1'),
  actions: (client) =>
    client.actions({
      userId: USER,
      action: 'manageAuthenticators',
      since: new Date(0),
      state: 'CHALLENGE_SUCCEEDED',
    }),
  deleteUser: (client) => client.deleteUser(USER),
}

/** A made-up token of Authsignal's form, with the user in `sub` and in `other`. */
export function tokenFor(userId: string, more: object = {}): string {
  const claims = { aud: 'tenant', sub: userId, other: { userId, ...more } }
  const [header, payload] = [{ alg: 'HS256', typ: 'JWT' }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  )
  return `${header}.${payload}.${Buffer.alloc(32, 5).toString('base64url')}`
}

/** Everything that could be printed of an error, however deep and hidden it is. */
export function everythingIn(error: Error): string {
  const own = Reflect.ownKeys(error).map((key) => [String(key), Reflect.get(error, key)])
  return (
    inspect(error, { depth: 10, showHidden: true, getters: true }) +
    JSON.stringify(own) +
    JSON.stringify(error) +
    (error.stack ?? '')
  )
}

/** The ways in which the secret could be written. */
export const SECRETS = [
  SECRET,
  Buffer.from(SECRET).toString('base64').replace(/=+$/, ''),
  Buffer.from(`${SECRET}:`).toString('base64'),
]
