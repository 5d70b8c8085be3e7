import type {
  AccountApi,
  Authenticator,
  Profile,
} from '../../../../../local/demo/client/api/account-api.ts'
import { StepUp } from '../../../../../local/demo/client/account/step-up.ts'
import { Confirmations } from '../../../../../local/demo/client/challenge/confirmations.ts'
import type { Session } from '../../../../../local/demo/client/session/session.ts'
import { ok, scriptedFactors, signedInSession } from '../support.ts'

export const PROFILE: Profile = { userId: 'u', email: 'ada@example.com', emailVerified: true }
export const EMAIL: Authenticator = {
  authenticatorId: 'e',
  verificationMethod: 'EMAIL_OTP',
  createdAt: '2026-01-01T00:00:00Z',
  verifiedAt: '2026-01-01T00:00:00Z',
  email: 'a***@example.com',
}
export const PASSKEY: Authenticator = {
  authenticatorId: 'p',
  verificationMethod: 'PASSKEY',
  createdAt: '2026-01-02T00:00:00Z',
  verifiedAt: '2026-01-02T00:00:00Z',
}

/** An account whose every call does well, but for those given. */
export function accountThat(api: Partial<AccountApi> = {}): AccountApi {
  return {
    profile: async () => ok(PROFILE),
    rename: async (_bearer, name) => ok({ ...PROFILE, name }),
    deleteAccount: async () => ok(true as const),
    authenticators: async () => ok([EMAIL]),
    startEnrolment: async () => ok('token'),
    finishEnrolment: async () => ok(PASSKEY),
    removeAuthenticator: async () => ok(true as const),
    ...api,
  }
}

/** Somebody signed in who can confirm that it is them, by a code to their email address. */
export function signedInPerson({ session }: { session?: Session } = {}) {
  const made = signedInSession()
  const mySession = session ?? made.session
  const { factors, calls } = scriptedFactors()
  const confirmations = new Confirmations({ factors, now: () => 0, render: () => {} })
  const stepUp = new StepUp({
    session: mySession,
    confirmations,
    ownMethods: async () => ({ methods: ['email'], address: 'a***@example.com' }),
    api: {
      async startStepUp(_bearer, action) {
        calls.push(`start ${action}`)
        return ok({ token: 't1' })
      },
      async finishStepUp(_bearer, { action, token }) {
        calls.push(`finish ${action} ${token}`)
        return ok(true as const)
      },
    },
  })
  return { session: mySession, confirmations, stepUp, calls, notices: made.notices }
}
