import type { FastifyInstance } from 'fastify'
import type { Backend } from '../backend.ts'
import { OTP_CHANNELS } from '../otp/channel.ts'
import { maskEmail, maskPhoneNumber } from '../store/address.ts'
import { enrolledMethods, type VerificationMethod } from '../store/authenticator.ts'
import { readSession, type Session } from '../session.ts'

/** What the components of @authsignal/react ask for first. */
export function initRoute(app: FastifyInstance, backend: Backend): void {
  app.post('/init', async (request) => {
    const session = await readSession(backend, request)
    const verificationMethods = methodsOf(session)
    const { email, phoneNumber } = { ...session.user.attributes, ...session.action.tracked }
    return {
      challengeOptions: {
        token: session.encoded,
        verificationMethods,
        defaultVerificationMethod: verificationMethods[0],
        user: {
          email: email === undefined ? undefined : maskEmail(email),
          phoneNumber: phoneNumber === undefined ? undefined : maskPhoneNumber(phoneNumber),
        },
      },
    }
  })
}

/** For a user without authenticators, those that track named an address for. */
function methodsOf({ user, action }: Session): VerificationMethod[] {
  const enrolled = enrolledMethods(user)
  if (enrolled.length > 0) return enrolled
  return OTP_CHANNELS.filter((c) => c.isEnrollable)
    .filter((c) => action.tracked[c.addressKind] !== undefined)
    .map((c) => c.method)
}
