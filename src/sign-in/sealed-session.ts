import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { SignInError } from './errors.ts'
import type { Identifier } from './identifier.ts'

/** What finish must know of the start. The client carries it, and can neither read nor change it. */
export interface Attempt {
  cognitoSession: string
  username: string
  /** What was typed: a code sent elsewhere must not finish this attempt. */
  kind: Identifier['kind']
  /** How many answers have been refused so far. */
  refused: number
  /** There is nobody to sign in; see lookalike.ts. */
  decoy: boolean
}

export interface SessionSealer {
  /** @param expiresAt milliseconds since the epoch */
  seal(attempt: Attempt, expiresAt: number): string
  /** @throws SignInError `session_expired` for anything that is expired, altered or not ours */
  open(session: string): Attempt
}

const VERSION = 's1.'
const KEY_ID_BYTES = 4
const NONCE_BYTES = 12
const TAG_BYTES = 16

/**
 * AES-256-GCM under a ring of keys: the first seals, all open, so a key can be rotated by putting
 * the new one in front and dropping the old one ten minutes later.
 * @param keys 32 bytes each
 * @param audience the pool and client it belongs to; authenticated, so that a session of another
 *   deployment that happens to share a key is refused
 */
export function sessionSealer(
  keys: readonly Buffer[],
  audience: string,
  now: () => number = Date.now,
): SessionSealer {
  const ring = new Map(keys.map((key) => [keyId(key).toString('hex'), key]))
  const [sealing] = keys
  if (sealing === undefined) throw new Error('a session sealer needs a key')
  const associated = Buffer.from(`${VERSION}${audience}`)

  return {
    seal(attempt, expiresAt) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', sealing, nonce).setAAD(associated)
      const sealed = [cipher.update(toText(attempt, expiresAt)), cipher.final()]
      return (
        VERSION +
        Buffer.concat([keyId(sealing), nonce, ...sealed, cipher.getAuthTag()]).toString('base64url')
      )
    },

    open(session) {
      const plain = session.startsWith(VERSION) ? decrypt(ring, associated, session) : undefined
      if (plain === undefined) throw new SignInError('session_expired')
      const { expiresAt, attempt } = fromText(plain)
      if (now() >= expiresAt) throw new SignInError('session_expired')
      return attempt
    },
  }
}

function decrypt(
  ring: Map<string, Buffer>,
  associated: Buffer,
  session: string,
): string | undefined {
  const text = session.slice(VERSION.length)
  const bytes = Buffer.from(text, 'base64url')
  // Node skips characters that are no base64url; two spellings of one session must not both pass.
  if (bytes.toString('base64url') !== text) return undefined
  const key = ring.get(bytes.subarray(0, KEY_ID_BYTES).toString('hex'))
  if (key === undefined || bytes.length < KEY_ID_BYTES + NONCE_BYTES + TAG_BYTES) return undefined
  const body = bytes.subarray(KEY_ID_BYTES)
  const decipher = createDecipheriv('aes-256-gcm', key, body.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  })
  decipher.setAAD(associated).setAuthTag(body.subarray(-TAG_BYTES))
  try {
    return (
      decipher.update(body.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') +
      decipher.final('utf8')
    )
  } catch {
    return undefined
  }
}

/** Rounded up to whole blocks: the length of a session should not tell who it is for. */
const BLOCK = 128

type Fields = [string, string, Attempt['kind'], refused: number, decoy: 0 | 1, expiresAt: number]

function toText(attempt: Attempt, expiresAt: number): string {
  const { cognitoSession, username, kind, refused, decoy } = attempt
  const fields: Fields = [cognitoSession, username, kind, refused, decoy ? 1 : 0, expiresAt]
  const text = JSON.stringify(fields)
  return text.padEnd(Math.ceil(text.length / BLOCK) * BLOCK)
}

function fromText(text: string): { attempt: Attempt; expiresAt: number } {
  // Authenticated: only we can have written it, so its shape is ours.
  const fields: Fields = JSON.parse(text)
  const [cognitoSession, username, kind, refused, decoy, expiresAt] = fields
  return { attempt: { cognitoSession, username, kind, refused, decoy: decoy === 1 }, expiresAt }
}

/** Names a key without telling anything about it. */
function keyId(key: Buffer): Buffer {
  return createHash('sha256')
    .update('session key id')
    .update(key)
    .digest()
    .subarray(0, KEY_ID_BYTES)
}
