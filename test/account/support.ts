import { attemptKeys, type AttemptOf } from '../../src/account/attempt-key.ts'
import type { AccountDeps } from '../../src/account/deps.ts'
import type { Caller } from '../../src/account/caller.ts'
import type { EnrolledAuthenticator, PastAction, Validation } from '../../src/authsignal/answers.ts'

export const NOW = Date.parse('2026-11-22T12:00:00Z')
export const MINUTE = 60_000
export const SUB = '34c84488-e0e1-70ae-d2ee-991ad1a898c8'
export const SIGN_IN = 'sign-in-1'
export const BEFORE = new Date(NOW - 60 * MINUTE).toISOString()

export const PASSKEY: EnrolledAuthenticator = {
  id: 'passkey',
  method: 'PASSKEY',
  address: undefined,
  isVerified: true,
  createdAt: BEFORE,
}

export function caller(authTime = 0): Caller {
  return {
    bearer: { sub: SUB, username: 'ada', accessToken: 'at', authTime, signInId: SIGN_IN },
    account: { sub: SUB, username: 'ada', attributes: {} },
  }
}

/** A key of an attempt that began so many minutes ago. */
export function keyFrom(minutesAgo: number, of: AttemptOf): string {
  return attemptKeys(Buffer.alloc(32, 5), () => NOW - minutesAgo * MINUTE).issue(of)
}

function unexpected(): never {
  throw new Error('not expected here')
}

/** What a use case needs, with an Authsignal that answers what it is told to. */
export function fakeDeps(answers: {
  proof?: Validation
  actions?: PastAction[]
  enrolled?: EnrolledAuthenticator[]
}): AccountDeps & { queries: object[] } {
  const queries: object[] = []
  return {
    queries,
    verifyAccessToken: unexpected,
    accounts: {
      find: unexpected,
      update: unexpected,
      delete: unexpected,
      isHeldByAnother: unexpected,
      setVerifiedAddress: unexpected,
      setUnverified: unexpected,
    },
    authsignal: {
      track: unexpected,
      validate: async (query) => {
        queries.push(query)
        return answers.proof ?? { isValid: false }
      },
      user: unexpected,
      authenticators: async () => answers.enrolled ?? [PASSKEY],
      actions: async (query) => {
        queries.push(query)
        return answers.actions ?? []
      },
      enrol: unexpected,
      removeAuthenticator: unexpected,
      deleteUser: unexpected,
    },
    attempts: attemptKeys(Buffer.alloc(32, 5), () => NOW),
    ledger: { claim: unexpected },
    withLock: unexpected,
    refreshes: { forget: unexpected },
    settings: {
      actionCode: 'cognitoAuth',
      profileFields: [],
      recentMs: 10 * MINUTE,
      allowedRedirectUrls: [],
      upstreamTimeoutMs: 5_000,
    },
    now: () => NOW,
    signal: AbortSignal.timeout(5_000),
  }
}

/** The same for somebody who has signed in a moment ago, with a lock that is always free. */
export function authorized(deps: AccountDeps): AccountDeps {
  return {
    ...deps,
    verifyAccessToken: async () => caller(NOW / 1000).bearer,
    withLock: (_name, _signal, work) => work(),
  }
}
