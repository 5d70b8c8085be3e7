import type { FastifyInstance } from 'fastify'
import type { Backend } from '../backend.ts'
import { challengeDestination } from '../destination.ts'
import { startOtpChallenge } from '../otp/challenge.ts'
import type { OtpChannel } from '../otp/channel.ts'
import { readOpenSession } from '../session.ts'

export function challengeOtpRoute(
  app: FastifyInstance,
  backend: Backend,
  channel: OtpChannel,
): void {
  app.post(`/challenge/${channel.path}`, async (request) => {
    const session = await readOpenSession(backend, request, channel.method)
    const { authenticatorMethod, addressKind, isEnrollable } = channel
    // Who cannot enrol an address has it from the user's record (docs: whatsapp-otp).
    const lastResort = isEnrollable ? undefined : session.user.attributes[addressKind]
    const destination = challengeDestination(session, authenticatorMethod, addressKind, lastResort)
    const { challengeId } = await startOtpChallenge(backend, session, channel, destination)
    return { challengeId }
  })
}
