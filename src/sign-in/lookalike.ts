import { randomBytes } from 'node:crypto'
import { unlessAway } from '../shared-state/unless-away.ts'
import { newAttemptName } from '../trigger-protocol/attempt-name.ts'
import type { SignInContext } from '../trigger-protocol/signed-context.ts'
import type { Identifier } from './identifier.ts'
import type { IssuedChallenge, MakeDecoy, PendingChallenge } from './ports.ts'
import type { Attempt, ClientContext, Started } from './sealed-session.ts'

/** Length of a real Cognito Session until one has been seen. */
const TYPICAL_SESSION_LENGTH = 1_560
const SPENT_SESSIONS_KEPT = 10_000

/**
 * Sign-ins for nobody. Where there is no user, or one that may not sign in, the answer must not say
 * so; it has the shape and size of the real answers this process has seen last.
 */
export interface Lookalike {
  /** Remembers what a real answer looks like. */
  learn(seen: {
    challenge: PendingChallenge
    issued: IssuedChallenge
    typed: Identifier
    /** Whether the triggers asked for the context. */
    toldContext: boolean
  }): void
  /** A new attempt of nobody, under the name that was typed. */
  attempt(typed: string, context: ClientContext, started: Started): Attempt
  /** The attempt after one more refusal. */
  next(attempt: Attempt): Attempt
  /** @throws ServiceError `sign_in_blocked` where a rule says so and it is not to be hidden */
  challenge(
    attempt: Attempt,
    context: SignInContext,
    blocks?: 'hide' | 'tell',
  ): Promise<IssuedChallenge>
  /** A session is good for one answer, for nobody's too. False when it was used before. */
  spend(attempt: Attempt): Promise<boolean>
}

/**
 * @param claim takes a session out of circulation at all instances; without it, or while it cannot
 *   say, each process knows those that were used with it
 */
export function lookalike(
  makeDecoy: MakeDecoy,
  claim?: (id: string) => Promise<boolean>,
): Lookalike {
  let sessionLength = TYPICAL_SESSION_LENGTH
  let real = { token: true, url: true, toldContext: false }
  // Per kind: a bare username is always shown, which says nothing about addresses.
  const showsName = new Map<ClientContext['identifier'], boolean>([['username', true]])
  const spent = new Set<string>()

  return {
    learn({ challenge, issued, typed, toldContext }) {
      showsName.set(typed.kind, challenge.username === typed.value)
      sessionLength = challenge.cognitoSession.length
      real = {
        token: issued.token !== undefined,
        url: issued.url !== undefined,
        toldContext,
      }
    },

    attempt: (typed, context, started) => ({
      ...started,
      cognitoSession: noise(sessionLength),
      username: typed,
      context,
      refused: 0,
      decoy: newAttemptName(),
    }),

    next: (attempt) => ({
      ...attempt,
      cognitoSession: noise(sessionLength),
      refused: attempt.refused + 1,
    }),

    async challenge({ username, refused, decoy = newAttemptName() }, context, blocks = 'tell') {
      const { token, url } = await makeDecoy({
        name: username,
        showsName: showsName.get(context.identifier) === true,
        idempotencyKey: decoy,
        // Finish always tells it, so the rounds after the first are tracked with it.
        context: real.toldContext || refused > 0 ? context : undefined,
        evenIfBlocked: blocks === 'hide',
      })
      return {
        ...(real.token && token !== undefined ? { token } : {}),
        ...(real.url && url !== undefined ? { url } : {}),
      }
    },

    async spend(attempt) {
      const id = attempt.cognitoSession.slice(0, 32)
      if (spent.has(id)) return false
      spent.add(id)
      // Oldest first: a Set iterates in the order of insertion.
      for (const oldest of spent) {
        if (spent.size <= SPENT_SESSIONS_KEPT) break
        spent.delete(oldest)
      }
      // A 503 here would tell it from a real one, which Cognito remembers.
      return (await unlessAway(claim?.(`decoy ${id}`))) ?? true
    },
  }
}

function noise(length: number): string {
  return randomBytes(length).toString('base64url').slice(0, length)
}
