import type { AddressAttribute } from '../account/ports.ts'
import { isTrue } from '../addresses.ts'
import { usersWith } from './list-users.ts'
import type { UserPoolOptions } from './user-pool.ts'

type Pool = Pick<UserPoolOptions, 'client' | 'userPoolId'>

/** True when a user other than `sub` holds the address as verified. */
export async function isHeldByAnother(
  pool: Pool,
  address: AddressAttribute,
  sub: string,
  signal: AbortSignal,
): Promise<boolean> {
  for await (const { attributes } of usersWith(pool, address, signal)) {
    if (attributes['sub'] !== sub && isTrue(attributes[`${address.name}_verified`])) return true
  }
  return false
}
