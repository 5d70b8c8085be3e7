import type { FastifyInstance } from 'fastify'
import type { Backend } from '../backend.ts'
import { allowedMethods } from '../methods.ts'
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

/**
 * For a user without authenticators, those that track named an address for. WhatsApp reaches an
 * enrolled phone, though it is no authenticator; that it is listed here is [unconfirmed].
 */
function methodsOf({ user, action }: Session): VerificationMethod[] {
  const allowed = allowedMethods(action)
  const enrolled = enrolledMethods(user)
  const reachable = OTP_CHANNELS.filter((c) =>
    enrolled.length > 0
      ? enrolled.includes(c.authenticatorMethod)
      : c.isEnrollable && action.tracked[c.addressKind] !== undefined,
  ).map((c) => c.method)
  return [...new Set([...enrolled, ...reachable])].filter((method) => allowed.includes(method))
}
