import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  randomFillSync,
  type KeyObject,
} from 'node:crypto'

/** Makes texts that nobody without a key of the ring can read or change. */
export interface Sealer {
  seal(plain: string): string
  /** @returns undefined for anything that is altered or not ours */
  open(sealed: string): string | undefined
}

const KEY_ID_BYTES = 4
const NONCE_BYTES = 12
const TAG_BYTES = 16

/**
 * AES-256-GCM under a ring of keys: the first seals, all open, so a key can be rotated by putting
 * the new one in front and dropping the old one when nothing sealed with it is about any more.
 * @param keys 32 bytes each
 * @param kind begins every sealed text, and names what it is for
 * @param context where it belongs; authenticated, so that it opens in no other place that happens to
 *   share a key
 */
export function keyRingSealer(keys: readonly Buffer[], kind: string, context: string): Sealer {
  // Both are made once: what is made of bytes for each text anew costs more than the sealing.
  const ring = new Map(keys.map((key) => [keyId(key).toString('hex'), createSecretKey(key)]))
  const [first] = keys
  if (first === undefined) throw new Error('a sealer needs a key')
  const sealing = { id: keyId(first), key: createSecretKey(first) }
  const associated = Buffer.from(kind + context)

  return {
    seal(plain) {
      const nonce = nextNonce()
      const cipher = createCipheriv('aes-256-gcm', sealing.key, nonce).setAAD(associated)
      const sealed = cipher.update(plain)
      // GCM holds nothing back for the end.
      cipher.final()
      return (
        kind + Buffer.concat([sealing.id, nonce, sealed, cipher.getAuthTag()]).toString('base64url')
      )
    },
    open: (sealed) =>
      sealed.startsWith(kind) ? decrypt(ring, associated, sealed.slice(kind.length)) : undefined,
  }
}

/** Each is used once. Fetched together: one by one they would be a tenth of the cost of sealing. */
const nonces = Buffer.alloc(NONCE_BYTES * 256)
let noncesLeft = 0

/** To be used up before the next one is asked for. */
function nextNonce(): Buffer {
  if (noncesLeft === 0) noncesLeft = randomFillSync(nonces).length / NONCE_BYTES
  noncesLeft -= 1
  return nonces.subarray(noncesLeft * NONCE_BYTES, (noncesLeft + 1) * NONCE_BYTES)
}

function decrypt(
  ring: Map<string, KeyObject>,
  associated: Buffer,
  text: string,
): string | undefined {
  const bytes = Buffer.from(text, 'base64url')
  // Node skips characters that are no base64url; two spellings of one text must not both pass.
  if (bytes.toString('base64url') !== text) return undefined
  const key = ring.get(bytes.subarray(0, KEY_ID_BYTES).toString('hex'))
  if (key === undefined || bytes.length < KEY_ID_BYTES + NONCE_BYTES + TAG_BYTES) return undefined
  const body = bytes.subarray(KEY_ID_BYTES)
  const decipher = createDecipheriv('aes-256-gcm', key, body.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  })
  decipher.setAAD(associated).setAuthTag(body.subarray(-TAG_BYTES))
  try {
    const plain = decipher.update(body.subarray(NONCE_BYTES, -TAG_BYTES))
    // Holds nothing back, and throws when anything was altered.
    decipher.final()
    return plain.toString()
  } catch {
    return undefined
  }
}

/** Names a key without telling anything about it. */
function keyId(key: Buffer): Buffer {
  return createHash('sha256')
    .update('session key id')
    .update(key)
    .digest()
    .subarray(0, KEY_ID_BYTES)
}
