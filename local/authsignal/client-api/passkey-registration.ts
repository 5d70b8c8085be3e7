import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Backend } from '../backend.ts'
import { issueAccessToken } from '../completion.ts'
import { read } from '../input.ts'
import { insufficientScope, mayEnrol, readOpenSession } from '../session.ts'
import {
  Attachment,
  namesOf,
  register,
  RegistrationCredential,
  registrationOptions,
} from '../webauthn/registration.ts'

const OptionsBody = Type.Object({
  username: Type.Optional(Type.String({ maxLength: 256 })),
  displayName: Type.Optional(Type.String({ maxLength: 256 })),
  authenticatorAttachment: Type.Optional(Attachment),
})

const RegistrationBody = Type.Object({
  registrationCredential: RegistrationCredential,
  conditionalCreate: Type.Optional(Type.Boolean()),
  challengeId: Type.String(),
})

const PASSKEY = 'PASSKEY'
const purpose = 'registration'

export function passkeyRegistrationRoutes(app: FastifyInstance, backend: Backend): void {
  app.post('/user-authenticators/passkey/registration-options', async (request) => {
    const session = await readOpenSession(backend, request, PASSKEY)
    const body = read(OptionsBody, request.body ?? {})
    if (!mayEnrol(backend, session)) throw insufficientScope()

    const { user, token } = session
    const names = namesOf(user, body)
    const ceremony = backend.ceremonies.begin({ purpose, tokenId: token.id, names })
    const authenticatorAttachment = body.authenticatorAttachment ?? undefined
    const wishes = { authenticatorAttachment, isDiscoverable: true }
    const options = await registrationOptions(backend, session, PASSKEY, ceremony, wishes)
    return { challengeId: ceremony.challengeId, options }
  })

  app.post('/user-authenticators/passkey', async (request) => {
    const session = await readOpenSession(backend, request, PASSKEY)
    const body = read(RegistrationBody, request.body)
    if (!mayEnrol(backend, session)) throw insufficientScope()

    const { registrationCredential, conditionalCreate, challengeId } = body
    const ceremony = backend.ceremonies.take(challengeId, { purpose, tokenId: session.token.id })
    const userAuthenticator = await register(
      backend,
      session,
      PASSKEY,
      ceremony,
      registrationCredential,
      conditionalCreate,
    )
    const accessToken = await issueAccessToken(backend, session)
    const { userAuthenticatorId, userId } = userAuthenticator
    return { isVerified: true, accessToken, userAuthenticatorId, userId, userAuthenticator }
  })
}
