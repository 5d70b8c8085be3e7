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
  challenge(): Promise<IssuedChallenge>
  attempt(kind: Identifier['kind'], refused: number): Attempt
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

    async challenge() {
      const { token, url } = await makeDecoy()
      return {
        ...(shape.token && token !== undefined ? { token } : {}),
        ...(shape.url && url !== undefined ? { url } : {}),
      }
    },

    attempt: (kind, refused) => ({
      cognitoSession: randomBytes(sessionLength).toString('base64url').slice(0, sessionLength),
      username: randomUUID(),
      kind,
      refused,
      decoy: true,
    }),

    spend(attempt) {
      if (spent.has(attempt.username)) return false
      spent.add(attempt.username)
      // Oldest first: a Set iterates in the order of insertion.
      for (const oldest of spent) {
        if (spent.size <= SPENT_SESSIONS_KEPT) break
        spent.delete(oldest)
      }
      return true
    },
  }
}
