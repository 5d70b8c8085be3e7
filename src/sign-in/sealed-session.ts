import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { ServiceError } from '../errors.ts'
import type { SignInContext } from '../trigger-protocol/signed-context.ts'

/** What finish must know of the start. The client carries it, and can neither read nor change it. */
export interface Attempt {
  cognitoSession: string
  username: string
  /** What was typed, and what the client said of itself: signed anew for the triggers at finish. */
  context: ClientContext
  /** How many answers have been refused so far. */
  refused: number
  /** Set where there is nobody to sign in: names the decoy's action; see lookalike.ts. */
  decoy?: string
}

/** The part of the context that finish cannot see for itself. */
export type ClientContext = Pick<
  SignInContext,
  'identifier' | 'typed' | 'redirectUrl' | 'locale' | 'deviceId'
>

export interface SessionSealer {
  /** @param expiresAt milliseconds since the epoch */
  seal(attempt: Attempt, expiresAt: number): string
  /** @throws ServiceError `session_expired` for anything that is expired, altered or not ours */
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
      if (plain === undefined) throw new ServiceError('session_expired')
      const { expiresAt, attempt } = fromText(plain)
      if (now() >= expiresAt) throw new ServiceError('session_expired')
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

/**
 * Room for what differs between somebody's session and nobody's, so that its length does not tell.
 * In bytes of JSON, in which one of a username's 128 characters takes up to three.
 */
const USERNAME_ROOM = 384
const DECOY_ROOM = 24
const BLOCK = 128

type Fields = [string, string, ClientContext, refused: number, decoy: string, expiresAt: number]

function toText(attempt: Attempt, expiresAt: number): string {
  const { cognitoSession, username, context, refused, decoy = '' } = attempt
  const fields: Fields = [
    cognitoSession,
    filled(username, USERNAME_ROOM),
    context,
    refused,
    filled(decoy, DECOY_ROOM),
    expiresAt,
  ]
  const text = JSON.stringify(fields)
  const bytes = Buffer.byteLength(text)
  return text + ' '.repeat(Math.ceil(bytes / BLOCK) * BLOCK - bytes)
}

function filled(text: string, room: number): string {
  const bytes = Buffer.byteLength(JSON.stringify(text)) - '""'.length
  return text + ' '.repeat(Math.max(0, room - bytes))
}

function fromText(text: string): { attempt: Attempt; expiresAt: number } {
  // Authenticated: only we can have written it, so its shape is ours.
  const fields: Fields = JSON.parse(text)
  const [cognitoSession, username, context, refused, padded, expiresAt] = fields
  const decoy = padded.trimEnd()
  const attempt: Attempt = { cognitoSession, username: username.trimEnd(), context, refused }
  if (decoy !== '') attempt.decoy = decoy
  return { attempt, expiresAt }
}

/** Names a key without telling anything about it. */
function keyId(key: Buffer): Buffer {
  return createHash('sha256')
    .update('session key id')
    .update(key)
    .digest()
    .subarray(0, KEY_ID_BYTES)
}
