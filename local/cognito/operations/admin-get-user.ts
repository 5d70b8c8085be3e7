import { requirePool } from '../pool.ts'
import type { Operation } from '../protocol/dispatch.ts'
import * as fields from '../protocol/fields.ts'
import { answering } from '../protocol/shape.ts'
import type { Needs } from '../services.ts'
import { attributeList, userRecord } from '../users/user.ts'

/** Flat, unlike the answer of AdminCreateUser. */
export function adminGetUser({ pool, users }: Needs<'pool' | 'users'>): Operation {
  return answering(
    { UserPoolId: fields.userPoolId, Username: fields.username },
    ({ UserPoolId, Username }) => {
      requirePool(pool, UserPoolId)
      const user = users.get(Username)
      return { ...userRecord(user), UserAttributes: attributeList(user) }
    },
  )
}
