import type { Backend } from '../backend.ts'
import { invalidRequest } from '../api-error.ts'
import { insufficientScope, mayEnrol, type Session } from '../session.ts'
import { moveTo } from '../store/action.ts'
import {
  findAuthenticator,
  markVerified,
  startEnrolment,
  type Authenticator,
} from '../store/authenticator.ts'
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
  if (challenge.isUsed || challenge.code !== code || lostItsAuthenticator(session, challenge)) {
    return { isVerified: false, failureReason: 'CODE_INVALID_OR_EXPIRED' }
  }
  return succeed(backend, session, channel, challenge)
}

function lostItsAuthenticator({ user }: Session, { userAuthenticatorId }: OtpChallenge): boolean {
  return (
    userAuthenticatorId !== undefined &&
    !user.authenticators.some((a) => a.userAuthenticatorId === userAuthenticatorId)
  )
}

function succeed(
  { now }: Backend,
  session: Session,
  channel: OtpChannel,
  challenge: OtpChallenge,
): OtpOutcome {
  const { user, action } = session
  const known = findAuthenticator(user, channel.method, challenge.address)
  const isNew = known?.verifiedAt === undefined
  // The user may have enrolled elsewhere since the code was sent, so the right is asked for again.
  if (isNew && challenge.isEnrolment && !mayEnrol(session)) throw insufficientScope()

  challenge.isUsed = true
  const authenticator =
    isNew && mayEnrol(session)
      ? startEnrolment(user, channel.method, challenge.address, now())
      : known
  if (authenticator) markVerified(user, authenticator, now())

  moveTo(action, 'CHALLENGE_SUCCEEDED', now())
  action.verificationMethod = channel.method
  delete action.verifiedByAuthenticatorId
  if (authenticator) action.verifiedByAuthenticatorId = authenticator.userAuthenticatorId
  return isNew && authenticator
    ? { isVerified: true, enrolled: authenticator }
    : { isVerified: true }
}
