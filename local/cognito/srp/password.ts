import { createHmac, randomBytes } from 'node:crypto'
import type { Pool } from '../pool.ts'
import { bytesOf, G, hash, numberOf, power } from './group.ts'

/** What is kept of a password; both in hexadecimal. */
export interface PasswordVerifier {
  salt: string
  verifier: string
}

type PoolId = Pick<Pool, 'id'>

/** The part of the pool's id that goes into the hashes. */
export const poolName = ({ id }: PoolId): string => id.slice(id.indexOf('_') + 1)

export function passwordVerifier(
  pool: PoolId,
  username: string,
  password: string,
): PasswordVerifier {
  const salt = randomBytes(16)
  const identity = hash(`${poolName(pool)}${username}:${password}`)
  const x = numberOf(hash(bytesOf(numberOf(salt)), identity))
  return { salt: salt.toString('hex'), verifier: power(G, x).toString(16) }
}

const SHADOW_KEY = randomBytes(32)

/**
 * For a name that has no password, a user that does not exist included: no password fits, and the
 * salt is the same each time, so that asking twice teaches nothing.
 */
export function shadowVerifier(pool: PoolId, username: string): PasswordVerifier {
  const noise = createHmac('sha512', SHADOW_KEY).update(`${pool.id}:${username}`).digest()
  return {
    salt: noise.subarray(0, 16).toString('hex'),
    verifier: power(G, numberOf(noise.subarray(16))).toString(16),
  }
}
