import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { notFound } from '../api-error.ts'
import type { Backend } from '../backend.ts'
import { completeAction, issueAccessToken } from '../completion.ts'
import { decide } from '../decision.ts'
import { read, readActionCode } from '../input.ts'
import { readSessionOrTenant, requireOpen, requireTenant, type Session } from '../session.ts'
import { actionKey, newAction, type Action } from '../store/action.ts'
import type { UserRecord } from '../store/user.ts'
import {
  authenticate,
  AuthenticationCredential,
  authenticationOptions,
} from '../webauthn/authentication.ts'
import type { Start } from '../webauthn/ceremonies.ts'
import { findCredential } from '../webauthn/credentials.ts'

const ChallengeBody = Type.Object({ action: Type.String() })
const OptionsBody = Type.Object({ challengeId: Type.Optional(Type.String()) })
const VerifyBody = Type.Object({
  authenticationCredential: AuthenticationCredential,
  challengeId: Type.String(),
  deviceId: Type.Optional(Type.String()),
})
const KnownQuery = Type.Object({ credentialIds: Type.String() })

const PASSKEY = 'PASSKEY'
const purpose = 'authentication'

const startOf = (session: Session | undefined): Start =>
  session ? { purpose, tokenId: session.token.id } : { purpose }

/** With a token for a user who is known, with the tenant id for one whom the passkey will name. */
export function passkeyAuthenticationRoutes(app: FastifyInstance, backend: Backend): void {
  const { ceremonies, users } = backend

  app.post('/challenge', (request) => {
    requireTenant(backend, request)
    const { action } = read(ChallengeBody, request.body)
    const { challengeId } = ceremonies.begin({ purpose, actionCode: readActionCode(action) })
    return { challengeId }
  })

  app.post('/user-authenticators/passkey/authentication-options', async (request) => {
    const session = await readSessionOrTenant(backend, request, PASSKEY)
    const { challengeId } = read(OptionsBody, request.body ?? {})
    const start = startOf(session)
    const ceremony =
      session === undefined && challengeId !== undefined
        ? ceremonies.find(challengeId, start)
        : ceremonies.begin(start)
    const options = await authenticationOptions(backend, PASSKEY, ceremony, session?.user)
    return { challengeId: ceremony.challengeId, options }
  })

  app.post('/verify/passkey', async (request) => {
    const session = await readSessionOrTenant(backend, request, PASSKEY)
    const { authenticationCredential, challengeId, deviceId } = read(VerifyBody, request.body)
    const start = startOf(session)
    const ceremony = ceremonies.take(challengeId, start)
    const { user, authenticator } = await authenticate(
      backend,
      PASSKEY,
      ceremony,
      authenticationCredential,
      session?.user,
    )
    const { username, displayName: userDisplayName } = user.attributes
    const { userId } = user
    const { userAuthenticatorId } = authenticator
    const verified = { isVerified: true, userId, userAuthenticatorId, username, userDisplayName }
    const action = session?.action ?? signInAction(backend, user, ceremony.actionCode, deviceId)
    // Nothing was to be signed in to, so there is nothing to give a token of; [unconfirmed].
    if (!action) return verified

    requireOpen(action, PASSKEY)
    completeAction(backend, { action }, PASSKEY, authenticator)
    return { ...verified, accessToken: await issueAccessToken(backend, { action, user }) }
  })

  // Only whether it succeeds counts for the SDK; the body is after its types.
  app.get('/user-authenticators/passkey', (request) => {
    requireTenant(backend, request)
    const { credentialIds } = read(KnownQuery, request.query)
    for (const credentialId of credentialIds.split(',').slice(0, 100)) {
      const authenticator = findCredential(users, credentialId)?.authenticator
      if (authenticator?.verificationMethod === PASSKEY) {
        return { credentialId, verifiedAt: authenticator.verifiedAt }
      }
    }
    throw notFound('None of these credentials is a passkey of this tenant.')
  })
}

/** What the server side would have tracked, had it known the user; the rules hold for it as well. */
function signInAction(
  backend: Backend,
  user: UserRecord,
  actionCode: string | undefined,
  deviceId: string | undefined,
): Action | undefined {
  if (actionCode === undefined) return undefined
  const idempotencyKey = randomUUID()
  const tracked = deviceId === undefined ? {} : { deviceId }
  const action = newAction(user, { actionCode, idempotencyKey }, tracked, backend.now())
  user.actions.set(actionKey(actionCode, idempotencyKey), action)
  decide(backend, user, action)
  return action
}
