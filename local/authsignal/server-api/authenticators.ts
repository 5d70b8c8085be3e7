import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { notFound } from '../api-error.ts'
import type { Backend } from '../backend.ts'
import { Email, PhoneNumber, read } from '../input.ts'
import { makeDefault, markVerified, startEnrolment } from '../store/authenticator.ts'

const EnrolEmail = Type.Object({ verificationMethod: Type.Literal('EMAIL_OTP'), email: Email })
const EnrolSms = Type.Object({ verificationMethod: Type.Literal('SMS'), phoneNumber: PhoneNumber })
const EnrolVerifiedBody = Type.Intersect([
  Type.Union([EnrolEmail, EnrolSms]),
  Type.Object({ isDefault: Type.Optional(Type.Boolean()) }),
])

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
    const user = users.ensure(request.params.userId, now())
    const authenticator =
      body.verificationMethod === 'SMS'
        ? startEnrolment(user, 'SMS', { kind: 'phoneNumber', value: body.phoneNumber }, now())
        : startEnrolment(user, 'EMAIL_OTP', { kind: 'email', value: body.email }, now())
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
