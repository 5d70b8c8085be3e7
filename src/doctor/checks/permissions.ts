import type { UserPoolType } from '@aws-sdk/client-cognito-identity-provider'
import type { Config } from '../../config.ts'
import {
  checkOf,
  notSeen,
  ok,
  problem,
  skipped,
  warning,
  withoutFix,
  type Check,
} from '../check.ts'
import type { Facts, Permission } from '../facts.ts'
import { grant } from '../fixes.ts'
import { namesOf } from './names.ts'

/** What a permission is for, where it is needed at all; see docs/deployment.md, section 3. */
interface Use {
  permission: Permission
  holds: string
  why: string
  neededFor: (pool: UserPoolType, config: Config) => 'warning' | 'problem' | undefined
}

const USES: readonly Use[] = [
  {
    permission: 'AdminCreateUser',
    holds: 'for `PROVISIONING=create`',
    why: 'nobody new could sign in',
    neededFor: (_pool, { PROVISIONING }) => (PROVISIONING === 'create' ? 'problem' : undefined),
  },
  {
    permission: 'AdminGetUser',
    holds: 'for `PROVISIONING=create` where usernames are made up',
    why: 'whose a made-up name is could not be told, so some could not sign in',
    neededFor: (pool, { PROVISIONING }) =>
      PROVISIONING === 'create' && namesOf(pool) !== 'addresses' ? 'problem' : undefined,
  },
  {
    permission: 'AdminUpdateUserAttributes',
    holds: 'to add and remove addresses',
    why: 'adding or removing an email address or phone number would fail',
    neededFor: (_pool, { PROVISIONING }) => (PROVISIONING === 'create' ? 'problem' : 'warning'),
  },
  {
    permission: 'ListUsers',
    holds: 'for `USERNAME_FORM=lookup`, and to add addresses where they are not usernames',
    why: 'who has an address could not be told',
    neededFor: (pool, { PROVISIONING, USERNAME_FORM }) => {
      if (USERNAME_FORM === 'lookup') return 'problem'
      if (namesOf(pool) === 'addresses') return undefined
      return PROVISIONING === 'create' ? 'problem' : 'warning'
    },
  },
]

function permissionCheck({ permission, holds, why, neededFor }: Use): Check {
  return checkOf(({ pool }: Facts) => withoutFix(pool), {
    id: `permissions.${permission}`,
    holds: `the credentials allow \`cognito-idp:${permission}\` (${holds})`,
    why,
    worst: 'problem',
    examine(pool, { config, permissions }) {
      const need = neededFor(pool, config)
      if (need === undefined) return skipped('not needed with this configuration and pool')
      const looked = permissions[permission]
      if ('unseen' in looked) return notSeen(looked)
      if ('missing' in looked) return skipped(looked.missing)
      if (looked.seen === 'allowed') return ok('allowed')
      const fix = grant(permission, pool.Arn ?? '<ARN of the pool>')
      return need === 'warning' ? warning('not allowed', fix) : problem('not allowed', fix)
    },
  })
}

export const PERMISSIONS = USES.map(permissionCheck)
