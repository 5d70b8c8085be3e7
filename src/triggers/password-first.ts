import type { ChallengeResult } from './events.ts'

/**
 * Other clients of the pool may begin a custom sign-in with a password. Cognito proves it itself, in
 * two rounds before ours: SRP_A, which says nothing yet, and PASSWORD_VERIFIER.
 * Source: AWS docs, user-pool-lambda-define-auth-challenge.
 */
const PASSWORD_ROUNDS = ['SRP_A', 'PASSWORD_VERIFIER']

/** What create notes for verify, which sees no session, where the password came first. */
export const FIRST_FACTOR = 'PASSWORD'

export function beginsWithPassword([first]: readonly ChallengeResult[]): boolean {
  return first?.challengeName === 'SRP_A'
}

/** The rounds after a proven password; undefined unless the session begins with one. */
export function roundsAfterPassword(
  session: readonly ChallengeResult[],
): readonly ChallengeResult[] | undefined {
  const isProven = PASSWORD_ROUNDS.every((name, index) => {
    const round = session[index]
    return round?.challengeName === name && round.challengeResult
  })
  return isProven ? session.slice(PASSWORD_ROUNDS.length) : undefined
}
