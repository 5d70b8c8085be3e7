import {
  AdminUpdateUserAttributesCommand,
  DeleteUserCommand,
  GetUserCommand,
  UpdateUserAttributesCommand,
  type GetUserCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider'
import type { Account, Accounts } from '../account/ports.ts'
import { ServiceError } from '../errors.ts'
import { isHeldByAnother } from './address-holders.ts'
import { readAttributes, toAttributes } from './attributes.ts'
import { readSdkError, upstreamFailure } from './exceptions.ts'
import { isText, unusable } from './tokens.ts'
import type { UserPoolOptions } from './user-pool.ts'

/**
 * The Accounts port over the AWS SDK. What users may do themselves goes out with their own token; only
 * what makes an address verified or not takes AWS credentials (AWS docs: user-pool-settings-attributes).
 */
export function cognitoAccounts({
  client,
  userPoolId,
}: Pick<UserPoolOptions, 'client' | 'userPoolId'>): Accounts {
  return {
    async find(accessToken, abortSignal) {
      const command = new GetUserCommand({ AccessToken: accessToken })
      try {
        const account = readAccount(await client.send(command, { abortSignal }))
        return { outcome: 'account', account }
      } catch (error) {
        if (error instanceof ServiceError) throw error
        if (isGone(error)) return { outcome: 'gone' }
        if (isRefused(error)) return { outcome: 'refused' }
        throw upstreamFailure('GetUser', error)
      }
    },

    async update(accessToken, attributes, abortSignal) {
      const command = new UpdateUserAttributesCommand({
        AccessToken: accessToken,
        UserAttributes: toAttributes(attributes),
      })
      try {
        await client.send(command, { abortSignal })
        return 'done'
      } catch (error) {
        if (isGone(error) || isRefused(error)) return 'refused'
        if (isAboutValue(error)) return 'invalid'
        throw upstreamFailure('UpdateUserAttributes', error)
      }
    },

    async delete(accessToken, abortSignal) {
      try {
        await client.send(new DeleteUserCommand({ AccessToken: accessToken }), { abortSignal })
        return 'done'
      } catch (error) {
        if (isGone(error)) return 'done'
        if (isRefused(error)) return 'refused'
        throw upstreamFailure('DeleteUser', error)
      }
    },

    isHeldByAnother: (...given) => isHeldByAnother({ client, userPoolId }, ...given),

    async setVerifiedAddress(username, { name, value }, abortSignal) {
      const command = new AdminUpdateUserAttributesCommand({
        UserPoolId: userPoolId,
        Username: username,
        // Together: an address on its own would be there unverified, or verified as another.
        UserAttributes: toAttributes({ [name]: value, [`${name}_verified`]: 'true' }),
      })
      try {
        await client.send(command, { abortSignal })
        return 'done'
      } catch (error) {
        if (isGone(error)) return 'gone'
        if (readSdkError(error).name === 'AliasExistsException') return 'taken'
        throw upstreamFailure('AdminUpdateUserAttributes', error)
      }
    },

    async setUnverified(username, name, abortSignal) {
      const command = new AdminUpdateUserAttributesCommand({
        UserPoolId: userPoolId,
        Username: username,
        UserAttributes: toAttributes({ [`${name}_verified`]: 'false' }),
      })
      try {
        await client.send(command, { abortSignal })
        return 'done'
      } catch (error) {
        if (isGone(error)) return 'gone'
        throw upstreamFailure('AdminUpdateUserAttributes', error)
      }
    },
  }
}

function readAccount({ Username: username, UserAttributes }: GetUserCommandOutput): Account {
  const { sub, ...attributes } = readAttributes(UserAttributes) ?? {}
  if (!isText(username) || !isText(sub)) throw unusable('GetUser', 'user is incomplete')
  return { sub, username, attributes }
}

function isGone(error: unknown): boolean {
  return readSdkError(error).name === 'UserNotFoundException'
}

/** Revoked, expired, without the scope, or of a user who may not be signed in. */
function isRefused(error: unknown): boolean {
  const { name, message } = readSdkError(error)
  return (
    (name === 'NotAuthorizedException' && !isAboutClient(message)) ||
    name === 'UserNotConfirmedException' ||
    name === 'PasswordResetRequiredException'
  )
}

/** Told as a bad token, an app client that may not write the attribute would sign everybody out. */
function isAboutClient(message: string): boolean {
  return message.includes('unauthorized attribute')
}

/** A value that the schema refuses, rather than an attribute that is not there or is fixed. */
function isAboutValue(error: unknown): boolean {
  const { name, message } = readSdkError(error)
  return (
    name === 'InvalidParameterException' &&
    !/cannot be updated|does not exist in the schema/.test(message)
  )
}
