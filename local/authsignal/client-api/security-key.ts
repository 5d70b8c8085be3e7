import type { FastifyInstance } from 'fastify'
import type { Backend } from '../backend.ts'
import { completeAction, issueAccessToken } from '../completion.ts'
import { read } from '../input.ts'
import {
  insufficientScope,
  mayEnrol,
  readOpenSession,
  requireOpen,
  type Session,
} from '../session.ts'
import {
  authenticate,
  AuthenticationCredential,
  authenticationOptions,
} from '../webauthn/authentication.ts'
import type { Ceremony, Start } from '../webauthn/ceremonies.ts'
import { register, RegistrationCredential, registrationOptions } from '../webauthn/registration.ts'

const SECURITY_KEY = 'SECURITY_KEY'
const WISHES = { authenticatorAttachment: 'cross-platform', isDiscoverable: false } as const

/**
 * A second factor, so presence is enough and always with a token. Answers and requests are the bare
 * WebAuthn objects: no challenge id, so there is one challenge of each purpose per token.
 */
export function securityKeyRoutes(app: FastifyInstance, backend: Backend): void {
  const { ceremonies } = backend

  app.post('/user-authenticators/security-key/registration-options', async (request) => {
    const session = await readOpenSession(backend, request, SECURITY_KEY)
    if (!mayEnrol(backend, session)) throw insufficientScope()
    const ceremony = ceremonies.begin(...startOf(session, 'registration'))
    return registrationOptions(backend, session, SECURITY_KEY, ceremony, WISHES)
  })

  app.post('/user-authenticators/security-key', async (request) => {
    const session = await readOpenSession(backend, request, SECURITY_KEY)
    const credential = read(RegistrationCredential, request.body)
    if (!mayEnrol(backend, session)) throw insufficientScope()
    const ceremony = takeOf(backend, session, 'registration')
    const userAuthenticator = await register(backend, session, SECURITY_KEY, ceremony, credential)
    const accessToken = await issueAccessToken(backend, session)
    return { isVerified: true, accessToken, userAuthenticator }
  })

  app.post('/user-authenticators/security-key/authentication-options', async (request) => {
    const session = await readOpenSession(backend, request, SECURITY_KEY)
    const ceremony = ceremonies.begin(...startOf(session, 'authentication'))
    return authenticationOptions(backend, SECURITY_KEY, ceremony, session.user)
  })

  app.post('/verify/security-key', async (request) => {
    const session = await readOpenSession(backend, request, SECURITY_KEY)
    const credential = read(AuthenticationCredential, request.body)
    const { authenticator } = await authenticate(
      backend,
      SECURITY_KEY,
      takeOf(backend, session, 'authentication'),
      credential,
      session.user,
    )
    requireOpen(session.action, SECURITY_KEY)
    completeAction(backend, session, SECURITY_KEY, authenticator)
    return { isVerified: true, accessToken: await issueAccessToken(backend, session) }
  })
}

function startOf({ token }: Session, purpose: Start['purpose']): [start: Start, key: string] {
  return [{ purpose, tokenId: token.id }, `${SECURITY_KEY} ${purpose} ${token.id}`]
}

function takeOf({ ceremonies }: Backend, session: Session, purpose: Start['purpose']): Ceremony {
  const [start, key] = startOf(session, purpose)
  return ceremonies.take(key, start)
}
