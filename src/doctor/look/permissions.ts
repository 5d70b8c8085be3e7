import { randomBytes } from 'node:crypto'
import {
  AdminCreateUserCommand,
  AdminGetUserCommand,
  AdminUpdateUserAttributesCommand,
  ListUsersCommand,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider'
import { readSdkError } from '../../cognito/exceptions.ts'
import type { Facts, Looked, Permission } from '../facts.ts'
import { isDenied, options, unseenBy, type CognitoAccess } from './cognito.ts'

const PERMISSIONS: readonly Permission[] = [
  'AdminCreateUser',
  'AdminGetUser',
  'AdminUpdateUserAttributes',
  'ListUsers',
]

/** IAM has let the call through: Cognito itself looked for the user, or at the request. */
const LET_THROUGH = new Set([
  'UserNotFoundException',
  'UnsupportedUserStateException',
  'InvalidParameterException',
  'UserLambdaValidationException',
])

/** Tries each call on a user who cannot exist, so that none has an effect. */
export async function lookAtPermissions(
  access: CognitoAccess,
  pool: Facts['pool'],
): Promise<Facts['permissions']> {
  const look = async (permission: Permission): Promise<Looked<'allowed' | 'denied'>> => {
    if (!('seen' in pool)) return pool
    try {
      await attempt(permission, access, nobodyIn(pool.seen))
      return { seen: 'allowed' }
    } catch (error) {
      if (isDenied(error)) return { seen: 'denied' }
      return LET_THROUGH.has(readSdkError(error).name)
        ? { seen: 'allowed' }
        : unseenBy(permission, error, access.config)
    }
  }
  const [AdminCreateUser, AdminGetUser, AdminUpdateUserAttributes, ListUsers] = await Promise.all(
    PERMISSIONS.map(look),
  )
  const unasked = { unseen: 'not asked' }
  return {
    AdminCreateUser: AdminCreateUser ?? unasked,
    AdminGetUser: AdminGetUser ?? unasked,
    AdminUpdateUserAttributes: AdminUpdateUserAttributes ?? unasked,
    ListUsers: ListUsers ?? unasked,
  }
}

async function attempt(
  permission: Permission,
  { client, config, timeoutMs }: CognitoAccess,
  nobody: string,
): Promise<void> {
  const user = { UserPoolId: config.COGNITO_USER_POOL_ID, Username: nobody }
  switch (permission) {
    case 'AdminCreateUser':
      // RESEND makes nobody: it is for a user who is there already (AWS docs: AdminCreateUser).
      await client.send(
        new AdminCreateUserCommand({ ...user, MessageAction: 'RESEND' }),
        options(timeoutMs),
      )
      return
    case 'AdminGetUser':
      await client.send(new AdminGetUserCommand(user), options(timeoutMs))
      return
    case 'AdminUpdateUserAttributes':
      await client.send(
        new AdminUpdateUserAttributesCommand({
          ...user,
          UserAttributes: [{ Name: 'email_verified', Value: 'false' }],
        }),
        options(timeoutMs),
      )
      return
    case 'ListUsers':
      await client.send(
        new ListUsersCommand({
          UserPoolId: user.UserPoolId,
          Filter: `email = "${nobodyByEmail()}"`,
          Limit: 1,
        }),
        options(timeoutMs),
      )
  }
}

/** A name in the form that the pool wants, which nobody has or can come to have. */
function nobodyIn({ UsernameAttributes = [] }: UserPoolType): string {
  if (UsernameAttributes.length === 0) return `doctor-${randomHex()}`
  if (UsernameAttributes.includes('email')) return nobodyByEmail()
  // Country code 999 is given to nobody (ITU-T E.164).
  const number = BigInt(`0x${randomHex()}`) % 10n ** 11n
  return `+999${number.toString().padStart(11, '0')}`
}

/** A domain that will never be (RFC 6761, section 6.4). */
function nobodyByEmail(): string {
  return `doctor-${randomHex()}@doctor.invalid`
}

function randomHex(): string {
  return randomBytes(16).toString('hex')
}
