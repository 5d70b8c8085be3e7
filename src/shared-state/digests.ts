import { createHmac } from 'node:crypto'
import type { MacKey } from '../trigger-protocol/derived-key.ts'

/** What stands for a secret or a person where something is remembered. */
export type Digest = (
  purpose: 'proof' | 'token' | 'user' | 'limit' | 'start' | 'identifier' | 'address',
  text: string,
) => string

/**
 * Digests that nobody without the key can check a guess against.
 * @param key the same on every instance, also while SESSION_KEYS are rotated: two names for one proof
 *   would let it count twice
 * @param audience the pool and client; keeps deployments apart that share a Redis
 */
export function digests(key: MacKey, audience: string): Digest {
  return (purpose, text) =>
    createHmac('sha256', key).update(`${audience} ${purpose} ${text}`).digest('base64url')
}
