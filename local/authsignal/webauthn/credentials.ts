import type { WebAuthnCredential } from '@simplewebauthn/server'
import { ApiError } from '../api-error.ts'
import {
  verifiedAuthenticators,
  type Authenticator,
  type VerificationMethod,
} from '../store/authenticator.ts'
import type { UserRecord, Users } from '../store/user.ts'

export type WebauthnMethod = Extract<VerificationMethod, 'PASSKEY' | 'SECURITY_KEY'>

/** The key itself, for checks; what the wire shows of it is part of the authenticator. */
export interface StoredCredential extends WebAuthnCredential {
  userAuthenticatorId: string
}

export interface KnownCredential {
  user: UserRecord
  credential: StoredCredential
  /** None once it was removed. */
  authenticator: Authenticator | undefined
}

/** Whoever it belongs to: user handles do not tell, as iOS and the web read them differently. */
export function findCredential(users: Users, credentialId: string): KnownCredential | undefined {
  for (const user of users.values()) {
    const credential = user.credentials.get(credentialId)
    if (credential) {
      const authenticator = verifiedAuthenticators(user).find(
        (a) => a.userAuthenticatorId === credential.userAuthenticatorId,
      )
      return { user, credential, authenticator }
    }
  }
  return undefined
}

/** As the options of both ceremonies list them. */
export function credentialsOf(
  user: UserRecord,
  method: WebauthnMethod,
): { id: string; transports?: string[] }[] {
  return verifiedAuthenticators(user).flatMap(({ verificationMethod, webauthnCredential }) => {
    const credential = user.credentials.get(webauthnCredential?.credentialId ?? '')
    if (verificationMethod !== method || !credential) return []
    const { id, transports } = credential
    return [transports ? { id, transports } : { id }]
  })
}

/** Removed, of another user, or what it signed does not hold. Status: [unconfirmed]. */
export const invalidCredential = (description: string): ApiError =>
  new ApiError(400, 'invalid_credential', description)

/** Makes newer SDKs tell the device to forget it. Status: [unconfirmed]. */
export const unknownCredential = (): ApiError =>
  new ApiError(400, 'unknown_credential', 'The credential is not known.')

/** The library explains by throwing; its words help whoever set up the wrong origin. */
export function refuseCredential(error: unknown): never {
  throw invalidCredential(error instanceof Error ? error.message : 'The credential is not valid.')
}
