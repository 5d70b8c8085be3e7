import { invalidRequest } from '../api-error.ts'
import type { Backend } from '../backend.ts'
import { completeAction, completeWithAddress } from '../completion.ts'
import { isStillThere } from '../destination.ts'
import type { Session } from '../session.ts'
import type { Authenticator } from '../store/authenticator.ts'
import type { OtpChannel } from './channel.ts'
import { challengeKey, type OtpChallenge } from './challenge.ts'

/** The cap itself is [unconfirmed]; that there is one is documented by the failure reason. */
const MAX_ATTEMPTS = 5

export type OtpOutcome =
  | { isVerified: false; failureReason: 'CODE_INVALID_OR_EXPIRED' | 'MAX_ATTEMPTS_EXCEEDED' }
  | { isVerified: true; enrolled?: Authenticator }

/** A miss leaves the action's state alone: CHALLENGE_REQUIRED stays when the user mistypes. */
export function verifyOtp(
  backend: Backend,
  session: Session,
  channel: OtpChannel,
  code: string,
): OtpOutcome {
  const { user, token } = session
  backend.limits.take(`verify ${channel.method} ${user.userId}`, channel.verifies)
  const challenge = user.otpChallenges.get(challengeKey(token.id, channel))
  // [unconfirmed]: what the real service says to a token that started nothing.
  if (!challenge) throw invalidRequest('No challenge was started with this token.')

  challenge.attempts += 1
  if (challenge.attempts > MAX_ATTEMPTS) {
    return { isVerified: false, failureReason: 'MAX_ATTEMPTS_EXCEEDED' }
  }
  if (challenge.isUsed || challenge.code !== code || !isStillThere(session, challenge)) {
    return { isVerified: false, failureReason: 'CODE_INVALID_OR_EXPIRED' }
  }
  return succeed(backend, session, channel, challenge)
}

function succeed(
  backend: Backend,
  session: Session,
  channel: OtpChannel,
  challenge: OtpChallenge,
): OtpOutcome {
  if (!channel.isEnrollable) {
    completeAction(backend, session, channel.method, undefined)
    challenge.isUsed = true
    return { isVerified: true }
  }
  const enrolled = completeWithAddress(backend, session, channel.method, challenge)
  challenge.isUsed = true
  return enrolled ? { isVerified: true, enrolled } : { isVerified: true }
}
