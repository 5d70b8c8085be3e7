import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { MacKey } from './derived-key.ts'

/**
 * With PreventUserExistenceErrors ENABLED, Cognito runs the triggers for unknown users too and its
 * answer tells nobody whether there is a user. The service has to know, to create the missing one;
 * anybody else who calls Cognito must not. So every challenge carries a hint that reads as noise
 * without the key.
 */
const NONCE_BYTES = 16

export function writeExistenceHint(key: MacKey, userExists: boolean): string {
  const nonce = randomBytes(NONCE_BYTES)
  return Buffer.concat([nonce, mac(key, nonce, userExists)]).toString('base64url')
}

/** `undefined` when there is no hint of ours: the pool runs other people's triggers. */
export function readExistenceHint(key: MacKey, hint: string | undefined): boolean | undefined {
  if (hint === undefined) return undefined
  const bytes = Buffer.from(hint, 'base64url')
  const nonce = bytes.subarray(0, NONCE_BYTES)
  const given = bytes.subarray(NONCE_BYTES)
  return [true, false].find((userExists) => {
    const expected = mac(key, nonce, userExists)
    return given.length === expected.length && timingSafeEqual(given, expected)
  })
}

function mac(key: MacKey, nonce: Buffer, userExists: boolean): Buffer {
  return createHmac('sha256', key)
    .update(nonce)
    .update(userExists ? 'known' : 'unknown')
    .digest()
}
