import {
  generateAuthenticationOptions,
  verifyAuthenticationResponse,
  type PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server'
import { Type, type Static } from 'typebox'
import type { Backend } from '../backend.ts'
import { markVerified, type Authenticator } from '../store/authenticator.ts'
import type { UserRecord } from '../store/user.ts'
import type { Ceremony } from './ceremonies.ts'
import {
  credentialsOf,
  findCredential,
  invalidCredential,
  refuseCredential,
  unknownCredential,
  type WebauthnMethod,
} from './credentials.ts'

export const AuthenticationCredential = Type.Object({
  id: Type.String(),
  rawId: Type.String(),
  type: Type.Literal('public-key'),
  response: Type.Object({
    clientDataJSON: Type.String(),
    authenticatorData: Type.String(),
    signature: Type.String(),
  }),
})
export type AuthenticationCredential = Static<typeof AuthenticationCredential>

/** @param user whose credentials will do; when left out, the device offers those it has */
export async function authenticationOptions(
  { relyingParty }: Backend,
  method: WebauthnMethod,
  ceremony: Ceremony,
  user: UserRecord | undefined,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  return generateAuthenticationOptions({
    rpID: relyingParty.rpId,
    challenge: Buffer.from(ceremony.challenge, 'base64url'),
    allowCredentials: user ? credentialsOf(user, method) : [],
    userVerification: method === 'PASSKEY' ? 'required' : 'discouraged',
  })
}

/**
 * Checks what the device has signed.
 * @param owner who it has to belong to, when that is known beforehand
 * @returns whose credential it is, and which
 */
export async function authenticate(
  { users, relyingParty, now }: Backend,
  method: WebauthnMethod,
  ceremony: Ceremony,
  answer: AuthenticationCredential,
  owner?: UserRecord,
): Promise<{ user: UserRecord; authenticator: Authenticator }> {
  const find = () => {
    const known = findCredential(users, answer.id)
    if (!known) throw unknownCredential()
    const { user, credential, authenticator } = known
    if (authenticator?.verificationMethod !== method || (owner && owner !== user)) {
      throw invalidCredential('The credential was removed or is not one of this user.')
    }
    return { user, credential, authenticator }
  }

  const verification = await verifyAuthenticationResponse({
    response: { ...answer, clientExtensionResults: {} },
    expectedChallenge: ceremony.challenge,
    expectedOrigin: [...relyingParty.origins()],
    // The pre-built UI in a frame; any other page around it could be a trap.
    expectedTopOrigin: [...relyingParty.origins()],
    expectedRPID: relyingParty.rpId,
    credential: find().credential,
    requireUserVerification: method === 'PASSKEY',
  }).catch(refuseCredential)
  if (!verification.verified) throw invalidCredential('The signature does not hold.')

  // Time has passed, so it is looked up once more.
  const { user, credential, authenticator } = find()
  credential.counter = verification.authenticationInfo.newCounter
  markVerified(user, authenticator, now())
  return { user, authenticator }
}
