import { requirePool } from '../pool.ts'
import type { Operation } from '../protocol/dispatch.ts'
import * as fields from '../protocol/fields.ts'
import { answering } from '../protocol/shape.ts'
import type { Needs } from '../services.ts'

/** The settings that callers may want to check at start; nothing else. */
export function describeUserPool({ pool }: Needs<'pool'>): Operation {
  const addresses = ['email', 'phone_number']
  return answering({ UserPoolId: fields.userPoolId }, ({ UserPoolId }) => {
    requirePool(pool, UserPoolId)
    return {
      UserPool: {
        Id: pool.id,
        MfaConfiguration: 'OFF',
        UsernameConfiguration: { CaseSensitive: pool.caseSensitive },
        AdminCreateUserConfig: { AllowAdminCreateUserOnly: !pool.signUpAllowed },
        ...(pool.usernames === 'email-or-phone' && { UsernameAttributes: addresses }),
        ...(pool.usernames === 'alias' && { AliasAttributes: addresses }),
      },
    }
  })
}
