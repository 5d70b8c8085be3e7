import cors from '@fastify/cors'
import type { FastifyInstance } from 'fastify'
import { answerNotFound } from '../api-error.ts'
import type { Backend } from '../backend.ts'
import { OTP_CHANNELS } from '../otp/channel.ts'
import { challengeOtpRoute } from './challenge-otp.ts'
import { enrolOtpRoute } from './enrol-otp.ts'
import { initRoute } from './init.ts'
import { magicLinkRoutes } from './magic-link.ts'
import { passkeyAuthenticationRoutes } from './passkey-authentication.ts'
import { passkeyRegistrationRoutes } from './passkey-registration.ts'
import { securityKeyRoutes } from './security-key.ts'
import { totpRoutes } from './totp.ts'
import { userAuthenticatorsRoute } from './user-authenticators.ts'
import { verifyOtpRoute } from './verify-otp.ts'

/** What browsers and phones call, with a token of an action instead of the secret. */
export async function clientApi(app: FastifyInstance, backend: Backend): Promise<void> {
  await app.register(cors, {
    origin: true,
    credentials: true,
    methods: ['GET', 'POST', 'PATCH', 'DELETE'],
    allowedHeaders: ['authorization', 'content-type'],
    strictPreflight: false,
  })
  // Once more in this scope, or the answer would lack the CORS headers.
  app.setNotFoundHandler(answerNotFound)

  for (const channel of OTP_CHANNELS) {
    if (channel.isEnrollable) enrolOtpRoute(app, backend, channel)
    challengeOtpRoute(app, backend, channel)
    verifyOtpRoute(app, backend, channel)
  }
  magicLinkRoutes(app, backend)
  totpRoutes(app, backend)
  passkeyRegistrationRoutes(app, backend)
  passkeyAuthenticationRoutes(app, backend)
  securityKeyRoutes(app, backend)
  userAuthenticatorsRoute(app, backend)
  initRoute(app, backend)
}
