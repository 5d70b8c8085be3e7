import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Backend } from '../backend.ts'
import { read } from '../input.ts'
import { startOtpChallenge } from '../otp/challenge.ts'
import type { OtpChannel } from '../otp/channel.ts'
import { startEnrolment } from '../store/authenticator.ts'
import { insufficientScope, mayEnrol, readOpenSession } from '../session.ts'

/** The one field that counts bears the name of the channel's kind of address. */
const EnrolOtpBody = Type.Record(Type.String(), Type.Unknown())

/**
 * The address is the caller's own choice, even when track named another: [unconfirmed], and the
 * worse of the two possibilities. Several users may share an address.
 */
export function enrolOtpRoute(app: FastifyInstance, backend: Backend, channel: OtpChannel): void {
  app.post(`/user-authenticators/${channel.path}`, async (request) => {
    const session = await readOpenSession(backend, request, channel.method)
    const body = read(EnrolOtpBody, request.body)
    const value = read(channel.addressSchema, body[channel.addressKind])
    if (!mayEnrol(backend, session)) throw insufficientScope()

    const { user } = session
    const address = { kind: channel.addressKind, value }
    const { userAuthenticatorId } = startEnrolment(user, channel.method, address, backend.now())
    await startOtpChallenge(backend, session, channel, {
      address,
      userAuthenticatorId,
      isEnrolment: true,
    })
    return { userAuthenticatorId, userId: user.userId }
  })
}
