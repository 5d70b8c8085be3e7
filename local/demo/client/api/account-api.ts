import { booleanIn, fieldIn, stringIn } from '../json.ts'
import { nothing, type Answer, type Call } from './call.ts'

export interface Profile {
  userId: string
  name?: string
  email?: string
  emailVerified?: boolean
  phoneNumber?: string
  phoneNumberVerified?: boolean
}

export interface Authenticator {
  authenticatorId: string
  verificationMethod: string
  createdAt: string
  verifiedAt?: string
  lastVerifiedAt?: string
  /** Masked by the service. */
  email?: string
  phoneNumber?: string
  name?: string
}

/** What the user is to prove for a new authenticator: one of them, or neither for a device. */
export interface NewAddress {
  email?: string
  phoneNumber?: string
}

export interface AccountApi {
  profile(bearer: string): Promise<Answer<Profile>>
  rename(bearer: string, name: string): Promise<Answer<Profile>>
  deleteAccount(bearer: string): Promise<Answer<true>>
  authenticators(bearer: string): Promise<Answer<Authenticator[]>>
  /** Answers the token that the SDK enrols with. */
  startEnrolment(bearer: string, address: NewAddress): Promise<Answer<string>>
  finishEnrolment(bearer: string, token: string): Promise<Answer<Authenticator>>
  removeAuthenticator(bearer: string, authenticatorId: string): Promise<Answer<true>>
}

export function accountApi(call: Call): AccountApi {
  return {
    profile: (bearer) => call({ method: 'GET', path: '/me', bearer, read: readProfile }),
    rename: (bearer, name) =>
      call({ method: 'PATCH', path: '/me', bearer, body: { name }, read: readProfile }),
    deleteAccount: (bearer) => call({ method: 'DELETE', path: '/me', bearer, read: nothing }),
    authenticators: (bearer) =>
      call({ method: 'GET', path: '/authenticators', bearer, read: readAuthenticators }),
    startEnrolment: (bearer, body) =>
      call({ method: 'POST', path: '/authenticators', bearer, body, read: readToken }),
    finishEnrolment: (bearer, token) =>
      call({
        method: 'POST',
        path: '/authenticators/verify',
        bearer,
        body: { token },
        read: readAuthenticator,
      }),
    removeAuthenticator: (bearer, authenticatorId) =>
      call({
        method: 'DELETE',
        path: `/authenticators/${encodeURIComponent(authenticatorId)}`,
        bearer,
        read: nothing,
      }),
  }
}

function readProfile(body: unknown): Profile | undefined {
  const userId = stringIn(body, 'userId')
  if (!userId) return undefined
  return {
    userId,
    ...stringsOf(body, ['name', 'email', 'phoneNumber']),
    ...booleansOf(body, ['emailVerified', 'phoneNumberVerified']),
  }
}

function readAuthenticators(body: unknown): Authenticator[] | undefined {
  const list = fieldIn(body, 'authenticators')
  if (!Array.isArray(list)) return undefined
  return list.map(readAuthenticator).filter((entry) => entry !== undefined)
}

function readAuthenticator(body: unknown): Authenticator | undefined {
  const authenticatorId = stringIn(body, 'authenticatorId')
  const verificationMethod = stringIn(body, 'verificationMethod')
  const createdAt = stringIn(body, 'createdAt')
  if (!authenticatorId || !verificationMethod || !createdAt) return undefined
  const optional = ['verifiedAt', 'lastVerifiedAt', 'email', 'phoneNumber', 'name'] as const
  return { authenticatorId, verificationMethod, createdAt, ...stringsOf(body, optional) }
}

function readToken(body: unknown): string | undefined {
  return stringIn(body, 'token')
}

function stringsOf<K extends string>(
  body: unknown,
  keys: readonly K[],
): Partial<Record<K, string>> {
  const found: Partial<Record<K, string>> = {}
  for (const key of keys) {
    const value = stringIn(body, key)
    if (value !== undefined) found[key] = value
  }
  return found
}

function booleansOf<K extends string>(
  body: unknown,
  keys: readonly K[],
): Partial<Record<K, boolean>> {
  const found: Partial<Record<K, boolean>> = {}
  for (const key of keys) {
    const value = booleanIn(body, key)
    if (value !== undefined) found[key] = value
  }
  return found
}
