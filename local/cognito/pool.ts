import { resourceNotFound } from './protocol/errors.ts'

/** How users are named; immutable after a pool was created. */
export type Usernames = 'email-or-phone' | 'alias' | 'plain'

export interface Pool {
  id: string
  region: string
  issuer: string
  /** Where this pool listens; empty until it does. */
  endpoint: string
  usernames: Usernames
  caseSensitive: boolean
  signUpAllowed: boolean
  described: PoolSettings
}

/** What DescribeUserPool tells and nothing else here heeds: for callers that check how a pool is set up. */
export interface PoolSettings {
  accountId: string
  mfaConfiguration: 'OFF' | 'ON' | 'OPTIONAL'
  deletionProtection: 'ACTIVE' | 'INACTIVE'
  autoVerifiedAttributes: string[]
  /** Beside `sub`. */
  requiredAttributes: string[]
  /** By its name in LambdaConfig. */
  functions: Record<string, string>
}

export function requirePool(pool: Pool, id: string): void {
  if (id !== pool.id) throw resourceNotFound(`User pool ${id} does not exist.`)
}

/** Names and addresses are compared in this form. */
export function normalised(pool: Pick<Pool, 'caseSensitive'>, name: string): string {
  return pool.caseSensitive ? name : name.toLowerCase()
}
