import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { notFound } from '../api-error.ts'
import type { Backend } from '../backend.ts'
import { Custom, Email, PhoneNumber, read } from '../input.ts'
import { ALLOWED_METHODS } from '../methods.ts'
import { sameAddress } from '../store/address.ts'
import { enrolledMethods, isEnrolled } from '../store/authenticator.ts'
import type { UserRecord } from '../store/user.ts'
import { queryUsersRoute } from './query-users.ts'

const UserAttributes = Type.Object({
  email: Type.Optional(Email),
  emailVerified: Type.Optional(Type.Boolean()),
  phoneNumber: Type.Optional(PhoneNumber),
  phoneNumberVerified: Type.Optional(Type.Boolean()),
  username: Type.Optional(Type.String()),
  displayName: Type.Optional(Type.String()),
  custom: Type.Optional(Custom),
  locale: Type.Optional(Type.String()),
})

interface UserRoute {
  Params: { userId: string }
}

export function userRoutes(app: FastifyInstance, backend: Backend): void {
  const { users } = backend
  queryUsersRoute(app, backend)

  // An unknown user is not an error: the node SDK's tests read a deleted one as unenrolled.
  app.get<UserRoute>('/users/:userId', (request) => describe(users.get(request.params.userId)))

  app.patch<UserRoute>('/users/:userId', (request) => {
    const changes = read(UserAttributes, request.body ?? {})
    const user = users.ensure(request.params.userId, backend.now())
    const known = user.attributes
    user.attributes = { ...known, ...changes }
    // A new address has not been verified by the old one's code; [unconfirmed].
    if (changes.email !== undefined && !sameAddress(changes.email, known.email)) {
      user.attributes.emailVerified = changes.emailVerified ?? false
    }
    if (changes.phoneNumber !== undefined && changes.phoneNumber !== known.phoneNumber) {
      user.attributes.phoneNumberVerified = changes.phoneNumberVerified ?? false
    }
    return user.attributes
  })

  app.delete<UserRoute>('/users/:userId', (request) => {
    const wasThere = users.delete(request.params.userId)
    if (!wasThere && backend.unknownUserDeletion === '404') throw notFound('No such user.')
    return {}
  })
}

function describe(user: UserRecord | undefined): object {
  return {
    isEnrolled: user !== undefined && isEnrolled(user),
    emailVerified: false,
    phoneNumberVerified: false,
    ...user?.attributes,
    enrolledVerificationMethods: user ? enrolledMethods(user) : [],
    allowedVerificationMethods: ALLOWED_METHODS,
  }
}
