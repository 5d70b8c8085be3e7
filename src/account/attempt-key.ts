import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { MacKey } from '../trigger-protocol/derived-key.ts'

/** What an attempt is for, and whose it is. */
export interface AttemptOf {
  purpose: 'step-up' | 'enrolment'
  userId: string
  /** The Authsignal action. */
  action: string
  /** The sign-in it was begun in; undefined where tokens do not say. */
  signInId: string | undefined
}

/**
 * The idempotency keys of the actions that the service tracks for signed-in users. A key
 * authenticates itself, so any instance can tell, with no store, that a proof belongs to an attempt
 * this service began for this user, action and sign-in. A proof of somebody else, of another
 * sign-in, or of a sign-in itself (whose keys the triggers make) never fits.
 */
export interface AttemptKeys {
  issue(attempt: AttemptOf): string
  /** When the attempt was begun, in ms since the epoch; undefined when the key is not one of it. */
  startedAt(key: string | undefined, attempt: AttemptOf): number | undefined
}

const TIME_BYTES = 6
const NONCE_BYTES = 12
/** 144 bits, so that the key has no padding and is shorter than any limit seen. */
const MAC_BYTES = 18

export function attemptKeys(secret: MacKey, now: () => number): AttemptKeys {
  return {
    issue(attempt) {
      const time = Buffer.alloc(TIME_BYTES)
      time.writeUIntBE(now(), 0, TIME_BYTES)
      const head = Buffer.concat([time, randomBytes(NONCE_BYTES)])
      return Buffer.concat([head, mac(secret, head, attempt)]).toString('base64url')
    },

    startedAt(key = '', attempt) {
      const bytes = Buffer.from(key, 'base64url')
      const head = bytes.subarray(0, TIME_BYTES + NONCE_BYTES)
      const given = bytes.subarray(TIME_BYTES + NONCE_BYTES)
      if (given.length !== MAC_BYTES || !timingSafeEqual(given, mac(secret, head, attempt))) {
        return undefined
      }
      // Another spelling of the same bytes would be another key to whoever remembers used ones.
      return bytes.toString('base64url') === key ? head.readUIntBE(0, TIME_BYTES) : undefined
    },
  }
}

function mac(secret: MacKey, head: Buffer, attempt: AttemptOf): Buffer {
  const { purpose, userId, action, signInId = '' } = attempt
  // As JSON: no field can run into the next.
  const text = JSON.stringify([purpose, userId, action, signInId])
  return createHmac('sha256', secret).update(head).update(text).digest().subarray(0, MAC_BYTES)
}
