import { requirePool } from '../pool.ts'
import type { Operation } from '../protocol/dispatch.ts'
import * as fields from '../protocol/fields.ts'
import { answering, flag } from '../protocol/shape.ts'
import type { Needs } from '../services.ts'
import { passwordVerifier } from '../srp/password.ts'
import { checkPassword } from '../users/password-policy.ts'

export function adminSetUserPassword({ pool, users }: Needs<'pool' | 'users'>): Operation {
  return answering(
    {
      UserPoolId: fields.userPoolId,
      Username: fields.username,
      Password: fields.password,
      Permanent: flag,
    },
    ({ UserPoolId, Username, Password, Permanent }) => {
      requirePool(pool, UserPoolId)
      const user = users.get(Username)
      checkPassword(Password)
      user.password = passwordVerifier(pool, user.username, Password)
      user.status = Permanent ? 'CONFIRMED' : 'FORCE_CHANGE_PASSWORD'
      users.touch(user)
      return {}
    },
  )
}
