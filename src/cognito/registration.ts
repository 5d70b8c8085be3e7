import { randomBytes } from 'node:crypto'
import {
  AdminCreateUserCommand,
  SignUpCommand,
  type CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider'
import type { Identifier } from '../sign-in/identifier.ts'
import { writeContext, type SignInContext } from '../trigger-protocol/signed-context.ts'
import { secretHashes } from './secret-hash.ts'
import { unusable } from './tokens.ts'
import type { MacKey } from '../trigger-protocol/derived-key.ts'

/**
 * A way to make a user, which throws what the SDK throws. Nothing is marked verified but what a
 * provider of ID tokens vouches for: an address is a claim until the first challenge proves it.
 */
export interface Registration {
  operation: 'AdminCreateUser' | 'SignUp'
  register: (
    username: string,
    identifier: Identifier,
    options: { abortSignal: AbortSignal },
  ) => Promise<void>
}

/** With AdminCreateUser, which takes AWS credentials. Nobody is sent a message. */
export function byAdministrator({
  client,
  userPoolId,
}: {
  client: CognitoIdentityProviderClient
  userPoolId: string
}): Registration {
  const register: Registration['register'] = async (username, identifier, options) => {
    const command = new AdminCreateUserCommand({
      UserPoolId: userPoolId,
      Username: username,
      UserAttributes: [...attributesOf(identifier), ...verifiedFlagOf(identifier)],
      MessageAction: 'SUPPRESS',
    })
    await client.send(command, options)
  }
  return { operation: 'AdminCreateUser', register }
}

/**
 * With SignUp, which takes none: our pre-sign-up trigger confirms the user because the service has
 * signed for the address, and refuses everybody else.
 */
export function bySignUp(
  {
    client,
    clientId,
    clientSecret,
  }: {
    client: CognitoIdentityProviderClient
    clientId: string
    clientSecret?: string | undefined
  },
  contextKey: MacKey,
): Registration {
  const secretHash = secretHashes(clientSecret, clientId)
  const register: Registration['register'] = async (username, identifier, options) => {
    const command = new SignUpCommand({
      ClientId: clientId,
      ...asSecretHash(secretHash(username)),
      Username: username,
      Password: unusedPassword(),
      UserAttributes: attributesOf(identifier),
      ClientMetadata: writeContext(contextKey, identifier.value, signedFor(identifier)),
    })
    const { UserConfirmed } = await client.send(command, options)
    // Another pre-sign-up trigger, or none: such a user could never sign in.
    if (UserConfirmed !== true) throw unusable('SignUp', 'pre-sign-up did not confirm the user')
  }
  return { operation: 'SignUp', register }
}

function attributesOf({ kind, value }: Identifier): { Name: string; Value: string }[] {
  if (kind === 'username') return []
  return [{ Name: kind === 'email' ? 'email' : 'phone_number', Value: value }]
}

/** SignUp takes no flag (it is the administrator's to write): the pre-sign-up trigger sets it. */
function signedFor({ kind, vouchedForBy }: Identifier): SignInContext {
  return { identifier: kind, ...(vouchedForBy === undefined ? {} : { method: vouchedForBy }) }
}

function verifiedFlagOf({ kind, vouchedForBy }: Identifier): { Name: string; Value: string }[] {
  const isVerified = kind === 'email' && vouchedForBy !== undefined
  return isVerified ? [{ Name: 'email_verified', Value: 'true' }] : []
}

function asSecretHash({ SECRET_HASH }: { SECRET_HASH?: string }): { SecretHash?: string } {
  return SECRET_HASH === undefined ? {} : { SecretHash: SECRET_HASH }
}

/** SignUp insists on one. Nobody knows it; the ending meets every policy of character kinds. */
function unusedPassword(): string {
  return `${randomBytes(32).toString('base64url')}aA1!`
}
