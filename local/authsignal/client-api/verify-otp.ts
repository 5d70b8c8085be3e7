import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Backend } from '../backend.ts'
import { issueAccessToken } from '../completion.ts'
import { read } from '../input.ts'
import type { OtpChannel } from '../otp/channel.ts'
import { verifyOtp } from '../otp/verification.ts'
import { readOpenSession } from '../session.ts'

const VerifyOtpBody = Type.Object({ verificationCode: Type.String() })

/** A miss is a 200 too: the SDKs hand it to the app as data, not as an error. */
export function verifyOtpRoute(app: FastifyInstance, backend: Backend, channel: OtpChannel): void {
  app.post(`/verify/${channel.path}`, async (request) => {
    const session = await readOpenSession(backend, request, channel.method)
    const { verificationCode } = read(VerifyOtpBody, request.body)
    const outcome = verifyOtp(backend, session, channel, verificationCode)
    if (!outcome.isVerified) return outcome

    const accessToken = await issueAccessToken(backend, session)
    return { isVerified: true, accessToken, userAuthenticator: outcome.enrolled }
  })
}
