import type { AuthsignalClient } from '../authsignal/client.ts'
import { ServiceError } from '../errors.ts'
import { note } from '../request-context.ts'
import type { AnswerOutcome, BeginOutcome, UserPool, VerifyIdToken } from '../sign-in/ports.ts'
import type { IssuedAttempt, SessionSealer } from '../sign-in/sealed-session.ts'
import type { VerifyAccessToken } from '../tokens/ports.ts'
import { addressDigest } from '../trigger-protocol/signed-context.ts'
import { isBlocked } from '../trigger-protocol/states.ts'
import type { Facts } from './facts.ts'
import type { MacKey } from '../trigger-protocol/derived-key.ts'

/**
 * The ports of the use cases, with an ear on them: what they say of a request is noted for its audit
 * events. So no use case has to think of the audit.
 */

/** Actions and proofs. What is not known of one is noted too: it replaces what was of another. */
export function notingAuthsignal(client: AuthsignalClient): AuthsignalClient {
  return {
    ...client,
    async track(input) {
      const tracked = await client.track(input)
      note({
        idempotencyKey: input.idempotencyKey,
        ruleIds: tracked.ruleIds,
        ...(isBlocked(tracked.state) ? { isBlocked: true } : {}),
      })
      return tracked
    },
    async validate(input) {
      const validation = await client.validate(input)
      const { idempotencyKey, method } = validation
      note({
        ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
        ...(method === undefined ? {} : { verificationMethod: method }),
      })
      return validation
    },
    async user(userId) {
      const known = await client.user(userId)
      if (known.username !== undefined) note({ username: known.username })
      return known
    },
  }
}

/** Blocks, which may be hidden from the client. */
export function notingUserPool(pool: UserPool): UserPool {
  return {
    ...pool,
    beginChallenge: (...given) => notingBlocks(pool.beginChallenge(...given)),
    answerChallenge: (...given) => notingBlocks(pool.answerChallenge(...given)),
  }
}

async function notingBlocks<Answer extends BeginOutcome | AnswerOutcome>(
  asked: Promise<Answer>,
): Promise<Answer> {
  try {
    const answer = await asked
    // As the vendor's triggers say it; ours fail.
    const isSo = answer.outcome === 'challenge' && isBlocked(answer.challenge.parameters['state'])
    if (isSo) note({ isBlocked: true })
    return answer
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'sign_in_blocked') note({ isBlocked: true })
    throw error
  }
}

/** What a sign-in carries from its start to its finish. */
export function notingSealer(sealer: SessionSealer): SessionSealer {
  return {
    seal(attempt, expiresAt) {
      note(factsOf(attempt))
      return sealer.seal(attempt, expiresAt)
    },
    open(session) {
      const attempt = sealer.open(session)
      note(factsOf(attempt))
      return attempt
    },
  }
}

/** @param contextKey makes the digest that sign-ins by email have too */
export function notingIdTokens(verify: VerifyIdToken, contextKey: MacKey): VerifyIdToken {
  return async (...given) => {
    const proven = await verify(...given)
    note({
      provider: proven.provider,
      identifierKind: 'email',
      typed: addressDigest(contextKey, proven.email),
    })
    return proven
  }
}

/** Who calls. */
export function notingAccessTokens(verify: VerifyAccessToken): VerifyAccessToken {
  return async (accessToken) => {
    const bearer = await verify(accessToken)
    note({ username: bearer.username })
    return bearer
  }
}

function factsOf({ context, username, decoy, startedAt }: IssuedAttempt): Facts {
  return {
    startedAt,
    identifierKind: context.identifier,
    ...(context.typed === undefined ? {} : { typed: context.typed }),
    // A decoy is of nobody: its name is what was typed.
    ...(decoy === undefined ? { username } : {}),
  }
}
