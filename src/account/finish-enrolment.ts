import type { EnrolledAuthenticator } from '../authsignal/answers.ts'
import { refused } from '../sign-in/earlier-proof.ts'
import { passedAttempt, type PassedAttempt } from './attempt.ts'
import { describe, type Authenticator } from './authenticator.ts'
import { asOnlyOne } from './caller.ts'
import type { AccountDeps } from './deps.ts'
import { adoptAddress } from './adopt-address.ts'
import { ADD_AUTHENTICATOR } from './start-enrolment.ts'

/**
 * Takes the proof that an authenticator was added, and brings Cognito in step where it proves an
 * address: that is also how a user changes one. May be repeated, with the same answer.
 * @throws ServiceError `challenge_failed`, `address_in_use`, `sign_in_blocked`, `invalid_token`,
 *   `upstream_*`
 */
export async function finishEnrolment(
  deps: AccountDeps,
  accessToken: string,
  token: string,
): Promise<Authenticator> {
  return asOnlyOne(deps, accessToken, async (caller) => {
    const { sub: userId, signInId } = caller.bearer
    const action = ADD_AUTHENTICATOR
    const passed = await passedAttempt(deps, token, {
      purpose: 'enrolment',
      userId,
      action,
      signInId,
    })
    const added = authenticatorOf(passed)
    if (added === undefined) throw refused('unsound_authenticator')
    await adoptAddress(deps, caller, added, passed.enrolled)
    return describe(added)
  })
}

/** The one that completed the action. Where Authsignal does not say, the newest of its method. */
function authenticatorOf({
  method,
  authenticatorId,
  enrolled,
}: PassedAttempt): EnrolledAuthenticator | undefined {
  // What is not verified was never proven, and what is gone was removed again.
  const verified = enrolled.filter(({ isVerified }) => isVerified)
  if (authenticatorId !== undefined) return verified.find(({ id }) => id === authenticatorId)
  return verified.filter((entry) => entry.method === method).toSorted(byAge)[0]
}

function byAge(one: EnrolledAuthenticator, other: EnrolledAuthenticator): number {
  return since(other) - since(one)
}

function since({ verifiedAt, createdAt = '' }: EnrolledAuthenticator): number {
  return Date.parse(verifiedAt ?? createdAt) || 0
}
