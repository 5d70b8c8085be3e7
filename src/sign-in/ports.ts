import type { Identifier } from './identifier.ts'

/** One round of Cognito's custom challenge, waiting for its answer. */
export interface PendingChallenge {
  /** Cognito's Session: single use, new each round. */
  cognitoSession: string
  /** The real username, which every answer must name (not the alias that was typed). */
  username: string
  /** What the create trigger made public. */
  parameters: Record<string, string>
}

export interface Tokens {
  accessToken: string
  idToken: string
  refreshToken: string
  expiresIn: number
}

export type BeginOutcome =
  | { outcome: 'challenge'; challenge: PendingChallenge }
  | { outcome: 'no_such_user' }
  /** The user exists but may not sign in: disabled, unconfirmed, must reset a password. */
  | { outcome: 'refused' }

export type AnswerOutcome =
  | { outcome: 'tokens'; tokens: Tokens }
  /** Wrong answer, and another try is allowed. */
  | { outcome: 'challenge'; challenge: PendingChallenge }
  | { outcome: 'refused' }
  /** Cognito's Session is spent, expired or not for this user. */
  | { outcome: 'session_gone' }

export type CreateOutcome =
  /** `username` is what to begin with next: the address, or the name made for it in an alias pool. */
  | { outcome: 'created' | 'exists'; username: string }
  /** A pre-sign-up trigger said no. */
  | { outcome: 'refused' }

/** The user pool, in our words. Every method fails with a SignInError `upstream_*` only. */
export interface UserPool {
  beginChallenge(username: string): Promise<BeginOutcome>
  answerChallenge(input: {
    challenge: PendingChallenge
    answer: string
    metadata: Record<string, string>
  }): Promise<AnswerOutcome>
  createUser(identifier: Identifier): Promise<CreateOutcome>
}

/** What the client needs to take the challenge: for Authsignal's SDK, its pre-built page, or both. */
export interface IssuedChallenge {
  token?: string
  url?: string
}

/** Makes a challenge that looks like any other and that nobody can pass. */
export type MakeDecoy = (username?: string) => Promise<IssuedChallenge>
