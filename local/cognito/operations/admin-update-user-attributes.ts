import { requirePool } from '../pool.ts'
import type { Operation } from '../protocol/dispatch.ts'
import * as fields from '../protocol/fields.ts'
import { answering } from '../protocol/shape.ts'
import type { Needs } from '../services.ts'
import { updateAttributes } from '../users/aliases.ts'

export function adminUpdateUserAttributes(services: Needs<'pool' | 'users'>): Operation {
  return answering(
    { UserPoolId: fields.userPoolId, Username: fields.username, UserAttributes: fields.attributes },
    ({ UserPoolId, Username, UserAttributes }) => {
      requirePool(services.pool, UserPoolId)
      updateAttributes(services, services.users.get(Username), UserAttributes)
      return {}
    },
  )
}
