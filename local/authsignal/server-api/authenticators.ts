import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'
import { notFound } from '../api-error.ts'
import type { Backend } from '../backend.ts'
import { Email, PhoneNumber, read } from '../input.ts'
import {
  makeDefault,
  markVerified,
  startEnrolment,
  type Authenticator,
} from '../store/authenticator.ts'
import type { UserRecord } from '../store/user.ts'
import { enrolKey, findBySecret, readOtpUri } from '../totp/keys.ts'

const EnrolEmail = Type.Object({ verificationMethod: Type.Literal('EMAIL_OTP'), email: Email })
const EnrolSms = Type.Object({ verificationMethod: Type.Literal('SMS'), phoneNumber: PhoneNumber })
const EnrolApp = Type.Object({
  verificationMethod: Type.Literal('AUTHENTICATOR_APP'),
  otpUri: Type.String({ maxLength: 2_048 }),
})
const EnrolVerifiedBody = Type.Intersect([
  Type.Union([EnrolEmail, EnrolSms, EnrolApp]),
  Type.Object({ isDefault: Type.Optional(Type.Boolean()) }),
])
type EnrolVerifiedBody = Static<typeof EnrolVerifiedBody>

interface UserRoute {
  Params: { userId: string }
}
interface AuthenticatorRoute {
  Params: { userId: string; userAuthenticatorId: string }
}

export function authenticatorRoutes(app: FastifyInstance, { users, now }: Backend): void {
  // Lists enrolments not yet verified as well: [unconfirmed], and what a caller must cope with.
  app.get<UserRoute>('/users/:userId/authenticators', (request) => {
    return users.get(request.params.userId)?.authenticators ?? []
  })

  // Sends nothing and trusts the caller (docs: enroll-verified-authenticator). An address that
  // is enrolled already answers the authenticator there is, so that a retry does no harm.
  app.post<UserRoute>('/users/:userId/authenticators', (request) => {
    const body = read(EnrolVerifiedBody, request.body)
    const start = enrolmentOf(body)
    const user = users.ensure(request.params.userId, now())
    const authenticator = start(user, now())
    markVerified(user, authenticator, now())
    if (body.isDefault === true) makeDefault(user, authenticator)
    return { authenticator }
  })

  app.delete<AuthenticatorRoute>(
    '/users/:userId/authenticators/:userAuthenticatorId',
    (request) => {
      const user = users.get(request.params.userId)
      const remaining = user?.authenticators.filter(
        (a) => a.userAuthenticatorId !== request.params.userAuthenticatorId,
      )
      if (!user || !remaining || remaining.length === user.authenticators.length) {
        throw notFound('The user has no such authenticator.')
      }
      user.authenticators = remaining
      return {}
    },
  )
}

/** Reads all of the body first, so that a refused one leaves no user behind. */
function enrolmentOf(body: EnrolVerifiedBody): (user: UserRecord, now: string) => Authenticator {
  switch (body.verificationMethod) {
    case 'EMAIL_OTP': {
      const address = { kind: 'email', value: body.email } as const
      return (user, now) => startEnrolment(user, 'EMAIL_OTP', address, now)
    }
    case 'SMS': {
      const address = { kind: 'phoneNumber', value: body.phoneNumber } as const
      return (user, now) => startEnrolment(user, 'SMS', address, now)
    }
    case 'AUTHENTICATOR_APP': {
      const totp = readOtpUri(body.otpUri)
      return (user, now) => findBySecret(user, totp) ?? enrolKey(user, { totp }, now)
    }
  }
}
