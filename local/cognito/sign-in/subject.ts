import type { Client } from '../clients.ts'
import {
  AwsError,
  incorrectUsernameOrPassword,
  notAuthorized,
  userNotFound,
} from '../protocol/errors.ts'
import type { Needs } from '../services.ts'
import { dummyUsername, type User } from '../users/user.ts'

/** Whoever signs in: a user, or the shadow of one that does not exist. */
export interface Subject {
  username: string
  user: User | undefined
}

/**
 * A missing user is told in LEGACY and played otherwise
 * (AWS docs: cognito-user-pool-managing-errors).
 */
export function subjectNamed(
  { pool, users }: Needs<'pool' | 'users'>,
  client: Client,
  name: string,
): Subject {
  const user = users.forSignIn(name)
  if (user) return { username: user.username, user }
  if (client.preventUserExistenceErrors === 'LEGACY') throw userNotFound()
  // Unconfirmed: whether triggers see the submitted name or, as here, the made-up one.
  return { username: dummyUsername(pool, name), user: undefined }
}

/**
 * FORCE_CHANGE_PASSWORD signs in (aws-samples/amazon-cognito-passwordless-auth#194), and an expired
 * temporary password is assumed not to matter.
 * Unconfirmed: that a disabled user and RESET_REQUIRED are refused, and at the first call already.
 */
export function refuseByState(client: Client, { enabled, status }: User): void {
  if (!enabled) throw notAuthorized('User is disabled.')
  if (status !== 'RESET_REQUIRED') return
  throw client.preventUserExistenceErrors === 'LEGACY'
    ? new AwsError('PasswordResetRequiredException', 'Password reset required for the user')
    : incorrectUsernameOrPassword()
}

/** Assumed to come at the first call; thrown before the secret is looked at (identity-js#288). */
export function refuseUnconfirmed(user: User | undefined): void {
  if (user?.status === 'UNCONFIRMED') {
    throw new AwsError('UserNotConfirmedException', 'User is not confirmed.')
  }
}
