import type { Finding } from '../audit/findings.ts'
import { ServiceError } from '../errors.ts'
import { keyRingSealer } from '../sealing.ts'
import type { SignInContext } from '../trigger-protocol/signed-context.ts'

/** What finish must know of the start. The client carries it, and can neither read nor change it. */
export interface Attempt {
  cognitoSession: string
  username: string
  /** What was typed, and what the client said of itself: signed anew for the triggers at finish. */
  context: ClientContext
  /** How many answers have been refused so far. */
  refused: number
  /** When it was started, in milliseconds since the epoch. */
  startedAt: number
  /** Of a phone number, whose sign-ins are counted by it: `PhoneOrigin.prefix`. */
  phonePrefix?: string
  /** Set where there is nobody to sign in: names the decoy's action; see lookalike.ts. */
  decoy?: string
}

/** What is known of an attempt before anybody was asked. */
export type Started = Pick<Attempt, 'startedAt' | 'phonePrefix'>

/** An attempt once a challenge was issued for it. */
export interface IssuedAttempt extends Attempt {
  /** Digest of the challenge's token; see `tokenDigest`. */
  issued: string
}

/** The part of the context that finish cannot see for itself. */
export type ClientContext = Pick<
  SignInContext,
  'identifier' | 'typed' | 'redirectUrl' | 'locale' | 'deviceId'
>

export interface SessionSealer {
  /** @param expiresAt milliseconds since the epoch */
  seal(attempt: IssuedAttempt, expiresAt: number): string
  /** @throws ServiceError `session_expired` for anything that is expired, altered or not ours */
  open(session: string): IssuedAttempt
}

const VERSION = 's1.'

/**
 * Sessions sealed under a ring of keys; a key may go ten minutes after another has come before it.
 * @param keys 32 bytes each
 * @param audience the pool and client it belongs to, so that a session of another deployment that
 *   happens to share a key is refused
 */
export function sessionSealer(
  keys: readonly Buffer[],
  audience: string,
  now: () => number = Date.now,
): SessionSealer {
  const sealer = keyRingSealer(keys, VERSION, audience)

  return {
    seal: (attempt, expiresAt) => sealer.seal(toText(attempt, expiresAt)),
    open(session) {
      const plain = sealer.open(session)
      if (plain === undefined) throw over('session_unreadable')
      const { expiresAt, attempt } = fromText(plain)
      if (now() >= expiresAt) throw over('session_expired')
      return attempt
    },
  }
}

function over(finding: Finding): ServiceError {
  return new ServiceError('session_expired', { finding })
}

/**
 * Room for what differs between somebody's session and nobody's, so that its length does not tell.
 * In bytes of JSON, in which one of a username's 128 characters takes up to three.
 */
const USERNAME_ROOM = 384
const DECOY_ROOM = 24
const BLOCK = 128

type Fields = [
  cognitoSession: string,
  username: string,
  ClientContext,
  refused: number,
  issued: string,
  decoy: string,
  expiresAt: number,
  startedAt: number,
  phonePrefix: string,
]

function toText(attempt: IssuedAttempt, expiresAt: number): string {
  const { cognitoSession, username, context, refused, issued, decoy = '' } = attempt
  const { startedAt, phonePrefix = '' } = attempt
  const fields: Fields = [
    cognitoSession,
    filled(username, USERNAME_ROOM),
    context,
    refused,
    issued,
    filled(decoy, DECOY_ROOM),
    expiresAt,
    startedAt,
    phonePrefix,
  ]
  const text = JSON.stringify(fields)
  const bytes = Buffer.byteLength(text)
  return text + ' '.repeat(Math.ceil(bytes / BLOCK) * BLOCK - bytes)
}

function filled(text: string, room: number): string {
  const bytes = Buffer.byteLength(JSON.stringify(text)) - '""'.length
  return text + ' '.repeat(Math.max(0, room - bytes))
}

function fromText(text: string): { attempt: IssuedAttempt; expiresAt: number } {
  // Authenticated: only we can have written it, so its shape is ours.
  const fields: Fields = JSON.parse(text)
  const [cognitoSession, username, context, refused, issued, padded, expiresAt, ...started] = fields
  const [startedAt, phonePrefix] = started
  const decoy = padded.trimEnd()
  const attempt: IssuedAttempt = {
    cognitoSession,
    username: username.trimEnd(),
    context,
    refused,
    issued,
    startedAt,
  }
  if (phonePrefix !== '') attempt.phonePrefix = phonePrefix
  if (decoy !== '') attempt.decoy = decoy
  return { attempt, expiresAt }
}
