import { requirePool } from '../pool.ts'
import type { Operation } from '../protocol/dispatch.ts'
import { AwsError } from '../protocol/errors.ts'
import * as fields from '../protocol/fields.ts'
import { answering, flag, optional, text } from '../protocol/shape.ts'
import type { Needs } from '../services.ts'
import { passwordVerifier } from '../srp/password.ts'
import { addUser } from '../users/aliases.ts'
import { draftUser, refuseTaken } from '../users/new-user.ts'
import { checkPassword } from '../users/password-policy.ts'
import { preSignUp } from '../users/pre-sign-up.ts'
import { attributeList, userRecord, type User } from '../users/user.ts'

type Services = Needs<'pool' | 'clock' | 'users' | 'triggers'>

/**
 * Sends no messages, so MessageAction only tells RESEND apart and DesiredDeliveryMediums is
 * ignored. Without passwordless factors in the pool's policy a new user gets a temporary password
 * and with it FORCE_CHANGE_PASSWORD.
 */
export function adminCreateUser(services: Services): Operation {
  const { pool, clock, users } = services
  return answering(
    {
      UserPoolId: fields.userPoolId,
      Username: fields.username,
      UserAttributes: fields.attributes,
      ValidationData: fields.attributes,
      TemporaryPassword: optional(fields.password),
      ForceAliasCreation: flag,
      MessageAction: optional(text({ oneOf: ['RESEND', 'SUPPRESS'] })),
      ClientMetadata: fields.clientMetadata,
    },
    async (request) => {
      requirePool(pool, request.UserPoolId)
      if (request.TemporaryPassword !== undefined) checkPassword(request.TemporaryPassword)
      if (request.MessageAction === 'RESEND')
        return created(resendable(users.get(request.Username)))

      const user = draftUser(pool, request.Username, request.UserAttributes, clock.now())
      user.status = 'FORCE_CHANGE_PASSWORD'
      if (request.TemporaryPassword !== undefined) {
        user.password = passwordVerifier(pool, user.username, request.TemporaryPassword)
      }
      const taken = {
        name: request.Username,
        text: 'User account already exists',
        movesAlias: request.ForceAliasCreation,
      }
      refuseTaken(pool, users, user, taken)
      // May veto; automatic confirmation and verification are ignored here.
      await preSignUp(services, user, {
        source: 'PreSignUp_AdminCreateUser',
        clientId: 'CLIENT_ID_NOT_APPLICABLE',
        validationData: request.ValidationData,
        clientMetadata: request.ClientMetadata,
      })
      // Once more: of two calls for one address the second to come back loses.
      refuseTaken(pool, users, user, taken)
      addUser(services, user)
      return created(user)
    },
  )
}

function created(user: User): object {
  return { User: { ...userRecord(user), Attributes: attributeList(user) } }
}

/** The text is assumed. */
function resendable(user: User): User {
  if (user.status === 'FORCE_CHANGE_PASSWORD') return user
  throw new AwsError(
    'UnsupportedUserStateException',
    'Resend not possible. User status is not FORCE_CHANGE_PASSWORD',
  )
}
