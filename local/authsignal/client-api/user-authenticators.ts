import type { FastifyInstance } from 'fastify'
import type { Backend } from '../backend.ts'
import { maskEmail, maskPhoneNumber } from '../store/address.ts'
import type { Authenticator } from '../store/authenticator.ts'
import { insufficientScope, readSession } from '../session.ts'

/** That listing takes the read scope is what its name says; [unconfirmed]. */
export function userAuthenticatorsRoute(app: FastifyInstance, backend: Backend): void {
  app.get('/user-authenticators', async (request) => {
    const { token, user } = await readSession(backend, request)
    if (!token.scopes.has('read:authenticators')) throw insufficientScope()
    return user.authenticators.map(masked)
  })
}

function masked(authenticator: Authenticator): Authenticator {
  const { email, phoneNumber } = authenticator
  return {
    ...authenticator,
    ...(email !== undefined && { email: maskEmail(email) }),
    ...(phoneNumber !== undefined && { phoneNumber: maskPhoneNumber(phoneNumber) }),
  }
}
