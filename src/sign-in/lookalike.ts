import { randomBytes, randomUUID } from 'node:crypto'
import type { Attempt } from './sealed-session.ts'
import type { IssuedChallenge, MakeDecoy } from './ports.ts'
import type { Identifier } from './identifier.ts'

/** Length of a real Cognito Session until one has been seen. */
const TYPICAL_SESSION_LENGTH = 1_560
const SPENT_SESSIONS_KEPT = 10_000

/**
 * Sign-ins for nobody. Where there is no user, or one that may not sign in, the answer must not say
 * so; it has the shape and size of the real answers this process has seen last.
 */
export interface Lookalike {
  /** Remembers what a real answer looks like. */
  learn(cognitoSession: string, issued: IssuedChallenge): void
  /** @param username what was typed, where a username was */
  challenge(username?: string): Promise<IssuedChallenge>
  attempt(identifier: Identifier): Attempt
  /** The attempt after one more refusal. */
  next(attempt: Attempt): Attempt
  /** A session is good for one answer, for nobody's too. False when it was used before. */
  spend(attempt: Attempt): boolean
}

export function lookalike(makeDecoy: MakeDecoy): Lookalike {
  let sessionLength = TYPICAL_SESSION_LENGTH
  let shape = { token: true, url: true }
  const spent = new Set<string>()

  return {
    learn(cognitoSession, issued) {
      sessionLength = cognitoSession.length
      shape = { token: issued.token !== undefined, url: issued.url !== undefined }
    },

    async challenge(username) {
      const { token, url } = await makeDecoy(username)
      return {
        ...(shape.token && token !== undefined ? { token } : {}),
        ...(shape.url && url !== undefined ? { url } : {}),
      }
    },

    attempt: ({ kind, value }) => ({
      cognitoSession: noise(sessionLength),
      // What a real one would hold: the name itself, or the UUID behind an address.
      username: kind === 'username' ? value : randomUUID(),
      kind,
      refused: 0,
      decoy: true,
    }),

    next: (attempt) => ({
      ...attempt,
      cognitoSession: noise(sessionLength),
      refused: attempt.refused + 1,
    }),

    spend(attempt) {
      const id = attempt.cognitoSession.slice(0, 32)
      if (spent.has(id)) return false
      spent.add(id)
      // Oldest first: a Set iterates in the order of insertion.
      for (const oldest of spent) {
        if (spent.size <= SPENT_SESSIONS_KEPT) break
        spent.delete(oldest)
      }
      return true
    },
  }
}

function noise(length: number): string {
  return randomBytes(length).toString('base64url').slice(0, length)
}
