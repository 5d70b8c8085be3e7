import type { RefreshOutcome } from '../tokens/ports.ts'
import type { Digest } from './digests.ts'
import { ExpiringMap } from './expiring-map.ts'

/** How long an answer serves the calls that come a little later: other tabs, a client's retry. */
export const SHARED_FOR_MS = 10_000
/** Longer than a call can be under way (UPSTREAM_TIMEOUT_MS) and its answer is kept. */
export const FORGOTTEN_FOR_MS = 75_000
const ANSWERS_KEPT = 10_000
const NAMES_FORGOTTEN = 100_000

/** New tokens: the only answer worth keeping. */
export type Refreshed = Extract<RefreshOutcome, { outcome: 'tokens' }>

/** What a sign-out can name an answer by: the token it was asked with, the new one, the user. */
export function namesOf(digest: Digest, id: string, { tokens, sub }: Refreshed): string[] {
  return [id, digest('token', tokens.refreshToken), digest('user', sub)]
}

/** The answers that one process keeps for a little while. */
export interface KeptAnswers {
  get(id: string): Refreshed | undefined
  keep(id: string, answer: Refreshed): void
  /** Answers of this name are given to nobody, also those of calls that are under way. */
  forget(name: string): void
}

export function keptAnswers(digest: Digest, now: () => number = Date.now): KeptAnswers {
  const answers = new ExpiringMap<Refreshed>({
    livesForMs: SHARED_FOR_MS,
    limit: ANSWERS_KEPT,
    now,
  })
  const forgotten = new ExpiringMap<true>({
    livesForMs: FORGOTTEN_FOR_MS,
    limit: NAMES_FORGOTTEN,
    now,
  })

  return {
    get(id) {
      const answer = answers.get(id)
      const isOver = answer && namesOf(digest, id, answer).some((name) => forgotten.get(name))
      return isOver ? undefined : answer
    },
    keep: (id, answer) => answers.set(id, answer),
    forget: (name) => forgotten.set(name, true),
  }
}
