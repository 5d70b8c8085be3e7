import type { FastifyInstance } from 'fastify'
import { invalidRequest } from '../api-error.ts'
import type { Backend } from '../backend.ts'
import { startOtpChallenge, type OtpChallenge } from '../otp/challenge.ts'
import { addressOf, type OtpChannel } from '../otp/channel.ts'
import { verifiedAuthenticators } from '../store/authenticator.ts'
import { readOpenSession, type Session } from '../session.ts'

export function challengeOtpRoute(
  app: FastifyInstance,
  backend: Backend,
  channel: OtpChannel,
): void {
  app.post(`/challenge/${channel.path}`, async (request) => {
    const session = await readOpenSession(backend, request)
    const { challengeId } = await startOtpChallenge(
      backend,
      session,
      channel,
      destination(session, channel),
    )
    return { challengeId }
  })
}

/** The enrolled address, or else the tracked one (docs: aws-cognito/getting-started). */
function destination(
  { user, action }: Session,
  channel: OtpChannel,
): Pick<OtpChallenge, 'address' | 'userAuthenticatorId' | 'isEnrolment'> {
  const authenticator = verifiedAuthenticators(user).find(
    (a) => a.verificationMethod === channel.method,
  )
  const address = addressOf(channel, authenticator ?? action.tracked)
  if (!address) {
    throw invalidRequest(`The user has no ${channel.method} authenticator and none was tracked.`)
  }
  return authenticator
    ? { address, userAuthenticatorId: authenticator.userAuthenticatorId, isEnrolment: false }
    : { address, isEnrolment: false }
}
