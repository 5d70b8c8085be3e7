import { actionKey, type Action } from './action.ts'
import type { Authenticator } from './authenticator.ts'
import { BoundedMap } from './bounded-map.ts'
import type { OtpChallenge } from '../otp/challenge.ts'
import type { TotpKey } from '../totp/keys.ts'
import type { StoredCredential } from '../webauthn/credentials.ts'

export interface UserAttributes {
  email?: string
  emailVerified?: boolean
  phoneNumber?: string
  phoneNumberVerified?: boolean
  username?: string
  displayName?: string
  custom?: Record<string, string | number | boolean>
  locale?: string
}

/** Everything that goes when the user is deleted. */
export interface UserRecord {
  userId: string
  createdAt: string
  attributes: UserAttributes
  authenticators: Authenticator[]
  actions: Map<string, Action>
  otpChallenges: Map<string, OtpChallenge>
  /** By the id of the authenticator. */
  totpKeys: Map<string, TotpKey>
  /** By credential id; stays when the authenticator is removed, so that it can be told apart. */
  credentials: Map<string, StoredCredential>
}

const USERS_KEPT = 10_000
const ACTIONS_KEPT_PER_USER = 200
const CHALLENGES_KEPT_PER_USER = 100
const CREDENTIALS_KEPT_PER_USER = 500

export class Users extends BoundedMap<string, UserRecord> {
  constructor() {
    super(USERS_KEPT)
  }

  /** Users appear when first mentioned (docs: track-action, update-user). */
  ensure(userId: string, now: string): UserRecord {
    const known = this.get(userId)
    if (known) return known
    const user: UserRecord = {
      userId,
      createdAt: now,
      attributes: {},
      authenticators: [],
      actions: new BoundedMap(ACTIONS_KEPT_PER_USER),
      otpChallenges: new BoundedMap(CHALLENGES_KEPT_PER_USER),
      totpKeys: new Map(),
      credentials: new BoundedMap(CREDENTIALS_KEPT_PER_USER),
    }
    this.set(userId, user)
    return user
  }

  action(userId: string, actionCode: string, idempotencyKey: string): Action | undefined {
    return this.get(userId)?.actions.get(actionKey(actionCode, idempotencyKey))
  }
}
