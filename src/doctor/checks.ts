import type { Check } from './check.ts'
import { APP_CLIENT } from './checks/app-client.ts'
import { AUTHSIGNAL } from './checks/authsignal.ts'
import { CLIENT_ATTRIBUTES } from './checks/client-attributes.ts'
import { CONFIGURATION } from './checks/configuration.ts'
import { NAMES } from './checks/names.ts'
import { NETWORK } from './checks/network.ts'
import { PERMISSIONS } from './checks/permissions.ts'
import { REDIS } from './checks/redis.ts'
import { TRIGGERS } from './checks/triggers.ts'
import { USER_POOL } from './checks/user-pool.ts'

/** Everything the doctor looks at, in the order of its report. */
export const CHECKS: readonly Check[] = [
  ...CONFIGURATION,
  ...USER_POOL,
  ...NAMES,
  ...TRIGGERS,
  ...APP_CLIENT,
  ...CLIENT_ATTRIBUTES,
  ...PERMISSIONS,
  ...AUTHSIGNAL,
  ...NETWORK,
  ...REDIS,
]
