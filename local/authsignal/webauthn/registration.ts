import { createHash, randomUUID } from 'node:crypto'
import {
  generateRegistrationOptions,
  verifyRegistrationResponse,
  type PublicKeyCredentialCreationOptionsJSON,
  type VerifiedRegistrationResponse,
} from '@simplewebauthn/server'
import { Type, type Static } from 'typebox'
import type { Backend } from '../backend.ts'
import { completeAction } from '../completion.ts'
import { insufficientScope, mayEnrol, requireOpen, type Session } from '../session.ts'
import {
  addEnrolment,
  markVerified,
  newAuthenticator,
  type Authenticator,
  type AuthenticatorAttachment,
} from '../store/authenticator.ts'
import type { UserRecord } from '../store/user.ts'
import type { Ceremony } from './ceremonies.ts'
import {
  credentialsOf,
  findCredential,
  invalidCredential,
  refuseCredential,
  type WebauthnMethod,
} from './credentials.ts'
import { ALGORITHMS, RP_NAME } from './relying-party.ts'

export const Attachment = Type.Union([
  Type.Literal('platform'),
  Type.Literal('cross-platform'),
  Type.Null(),
])

export const RegistrationCredential = Type.Object({
  id: Type.String(),
  rawId: Type.String(),
  type: Type.Literal('public-key'),
  authenticatorAttachment: Type.Optional(Attachment),
  response: Type.Object({
    clientDataJSON: Type.String(),
    attestationObject: Type.String(),
    transports: Type.Optional(Type.Array(Type.String())),
  }),
})
export type RegistrationCredential = Static<typeof RegistrationCredential>

export interface RegistrationWishes {
  authenticatorAttachment?: AuthenticatorAttachment | undefined
  /** Whether the device shall find it without being given a list. */
  isDiscoverable: boolean
}

export function registrationOptions(
  { relyingParty, tenantId }: Backend,
  { user }: Session,
  method: WebauthnMethod,
  ceremony: Ceremony,
  { authenticatorAttachment, isDiscoverable }: RegistrationWishes,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { username, displayName } = ceremony.names ?? namesOf(user)
  return generateRegistrationOptions({
    rpName: RP_NAME,
    rpID: relyingParty.rpId,
    userID: userHandle(tenantId, user),
    userName: username,
    userDisplayName: displayName,
    challenge: Buffer.from(ceremony.challenge, 'base64url'),
    supportedAlgorithmIDs: ALGORITHMS,
    excludeCredentials: credentialsOf(user, method),
    authenticatorSelection: {
      ...(authenticatorAttachment && { authenticatorAttachment }),
      residentKey: isDiscoverable ? 'required' : 'discouraged',
      userVerification: method === 'PASSKEY' ? 'required' : 'discouraged',
    },
  })
}

export function namesOf(
  { userId, attributes }: UserRecord,
  given: { username?: string | undefined; displayName?: string | undefined } = {},
): { username: string; displayName: string } {
  const { email, phoneNumber } = attributes
  const username = given.username ?? attributes.username ?? email ?? phoneNumber ?? userId
  return { username, displayName: given.displayName ?? attributes.displayName ?? username }
}

/** At most 64 bytes, the same every time, and says nothing about the user. */
function userHandle(tenantId: string, { userId }: UserRecord): Uint8Array<ArrayBuffer> {
  return new Uint8Array(
    createHash('sha256')
      .update(JSON.stringify([tenantId, userId]))
      .digest(),
  )
}

/**
 * Checks what the device has signed and binds it to the user; completes the action, as every first
 * enrolment does.
 * @param isConditional the browser created it on its own, without asking anybody
 */
export async function register(
  backend: Backend,
  session: Session,
  method: WebauthnMethod,
  ceremony: Ceremony,
  answer: RegistrationCredential,
  isConditional = false,
): Promise<Authenticator> {
  const { relyingParty } = backend
  const { id, rawId, type, response } = answer
  const verification = await verifyRegistrationResponse({
    response: { id, rawId, type, response, clientExtensionResults: {} },
    expectedChallenge: ceremony.challenge,
    expectedOrigin: [...relyingParty.origins()],
    expectedRPID: relyingParty.rpId,
    requireUserPresence: !isConditional,
    requireUserVerification: method === 'PASSKEY' && !isConditional,
    supportedAlgorithmIDs: ALGORITHMS,
  }).catch(refuseCredential)
  if (!verification.verified) throw invalidCredential('The attestation does not hold.')

  // Time has passed, so what was asked before is asked again.
  requireOpen(session.action, method)
  if (!mayEnrol(backend, session)) throw insufficientScope()
  return store(backend, session, method, ceremony, answer, verification.registrationInfo)
}

function store(
  backend: Backend,
  session: Session,
  method: WebauthnMethod,
  ceremony: Ceremony,
  answer: RegistrationCredential,
  info: NonNullable<VerifiedRegistrationResponse['registrationInfo']>,
): Authenticator {
  const { user } = session
  const { credential, aaguid, credentialBackedUp, credentialDeviceType } = info
  const known = findCredential(backend.users, credential.id)
  if (known && (known.user !== user || known.authenticator)) {
    throw invalidCredential('The credential is registered already.')
  }
  const authenticator: Authenticator = {
    ...newAuthenticator(user, method, backend.now()),
    ...ceremony.names,
    webauthnCredential: {
      credentialId: credential.id,
      deviceId: randomUUID(),
      name: method === 'PASSKEY' ? 'Passkey' : 'Security key',
      aaguid,
      credentialBackedUp,
      credentialDeviceType,
      ...attachmentOf(answer),
      verifiedAt: backend.now(),
    },
  }
  const { userAuthenticatorId } = authenticator
  const { transports } = answer.response
  user.credentials.set(credential.id, {
    id: credential.id,
    publicKey: credential.publicKey,
    counter: credential.counter,
    userAuthenticatorId,
    ...(transports && { transports }),
  })
  addEnrolment(user, authenticator)
  markVerified(user, authenticator, backend.now())
  completeAction(backend, session, method, authenticator)
  return authenticator
}

function attachmentOf({ authenticatorAttachment: given }: RegistrationCredential): {
  authenticatorAttachment?: AuthenticatorAttachment
} {
  return given ? { authenticatorAttachment: given } : {}
}
