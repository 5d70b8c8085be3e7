import { requirePool } from '../pool.ts'
import type { Operation } from '../protocol/dispatch.ts'
import * as fields from '../protocol/fields.ts'
import { answering } from '../protocol/shape.ts'
import type { Needs } from '../services.ts'

export function adminDeleteUser({
  pool,
  users,
  grants,
}: Needs<'pool' | 'users' | 'grants'>): Operation {
  return answering(
    { UserPoolId: fields.userPoolId, Username: fields.username },
    ({ UserPoolId, Username }) => {
      requirePool(pool, UserPoolId)
      const user = users.get(Username)
      users.remove(user)
      grants.revokeAllOf(user.username)
      return {}
    },
  )
}
