import { requirePool } from '../pool.ts'
import type { Operation } from '../protocol/dispatch.ts'
import * as fields from '../protocol/fields.ts'
import { answering } from '../protocol/shape.ts'
import type { Needs } from '../services.ts'

/** Revokes all tokens as well (service model). */
export function adminDisableUser({
  pool,
  users,
  grants,
}: Needs<'pool' | 'users' | 'grants'>): Operation {
  return answering(
    { UserPoolId: fields.userPoolId, Username: fields.username },
    ({ UserPoolId, Username }) => {
      requirePool(pool, UserPoolId)
      const user = users.get(Username)
      user.enabled = false
      users.touch(user)
      grants.revokeAllOf(user.username)
      return {}
    },
  )
}
