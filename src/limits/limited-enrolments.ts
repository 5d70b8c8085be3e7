import type { Accounts } from '../account/ports.ts'
import { parseIdentifier } from '../sign-in/identifier.ts'
import type { VerifyAccessToken } from '../tokens/ports.ts'
import type { Limits } from './limits.ts'

/**
 * Counts enrolments for the user in the access token, once it is proven that it is in it: a refresh
 * gives a new token, and with it another session account.
 */
export function limitedEnrolments(
  verify: VerifyAccessToken,
  { admitEnrolmentBy }: Pick<Limits, 'admitEnrolmentBy'>,
): VerifyAccessToken {
  return async (...given) => {
    const bearer = await verify(...given)
    await admitEnrolmentBy(bearer.sub)
    return bearer
  }
}

/**
 * Tells of each number that becomes a user's: the enrolment that wrote to it is finished. Not of one
 * that is theirs already, so that a proof which is sent again makes no more room.
 */
export function tellingOfNumbers(
  accounts: Accounts,
  onProven: (phonePrefix: string | undefined) => void,
): Accounts {
  return {
    ...accounts,
    async setVerifiedAddress(...given) {
      const outcome = await accounts.setVerifiedAddress(...given)
      const [, { name, value }] = given
      if (outcome === 'done' && name === 'phone_number') {
        onProven(parseIdentifier({ phoneNumber: value }).phone?.prefix)
      }
      return outcome
    },
  }
}
