import type { Clock } from '../../support/clock.ts'
import { notAuthorized } from '../protocol/errors.ts'
import type { Exchange } from '../srp/exchange.ts'
import { digest, newSession } from '../tokens/opaque-tokens.ts'

/** One answered round, as Define sees it. */
export interface Round {
  challengeName: 'SRP_A' | 'PASSWORD_VERIFIER' | 'CUSTOM_CHALLENGE'
  challengeResult: boolean
  challengeMetadata: string | null
}

/** A challenge that waits for its answer. */
export type PendingChallenge = PendingCustomChallenge | PendingPassword

interface Pending {
  clientId: string
  /** The real username, or the made-up one of a user that does not exist. */
  username: string
  userExists: boolean
  rounds: Round[]
}

export interface PendingCustomChallenge extends Pending {
  challengeName: 'CUSTOM_CHALLENGE'
  privateParameters: Record<string, string>
  metadata: string | null
}

export interface PendingPassword extends Pending {
  challengeName: 'PASSWORD_VERIFIER'
  /** Only in a custom sign-in is Define asked what follows. */
  authFlow: 'USER_SRP_AUTH' | 'CUSTOM_AUTH'
  exchange: Exchange
}

interface Entry {
  /** Emptied when the session is presented; the shell remembers that it was there. */
  pending: PendingChallenge | undefined
  expiresAt: number
}

const SWEEP_EVERY_MS = 60_000
const REMEMBER_ENDED_MS = 60 * 60_000

/** Every round has a session of its own, good for one presentation and a few minutes. */
export class SessionStore {
  #clock: Clock
  #entries = new Map<string, Entry>()
  #sweptAt = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  open(pending: PendingChallenge, validMinutes: number, session = newSession()): string {
    this.#sweep()
    const expiresAt = this.#clock.now() + validMinutes * 60_000
    this.#entries.set(digest(session), { pending, expiresAt })
    return session
  }

  /**
   * Burnt when presented, whatever comes of it
   * (aws-samples/amazon-cognito-passwordless-email-auth#17).
   */
  present(session: string): PendingChallenge {
    const entry = this.#entries.get(digest(session))
    if (!entry) throw invalidSession()
    const { pending } = entry
    if (!pending) {
      throw notAuthorized('Invalid session for the user, session can only be used once.')
    }
    if (this.#clock.now() >= entry.expiresAt) {
      throw notAuthorized('Invalid session for the user, session is expired.')
    }
    entry.pending = undefined
    return pending
  }

  #sweep(): void {
    const now = this.#clock.now()
    if (now - this.#sweptAt < SWEEP_EVERY_MS) return
    this.#sweptAt = now
    for (const [key, { expiresAt }] of this.#entries) {
      if (expiresAt + REMEMBER_ENDED_MS < now) this.#entries.delete(key)
    }
  }
}

/** Unknown, of another user or of another client; the text of the last two is unconfirmed. */
export const invalidSession = () => notAuthorized('Invalid session for the user.')
