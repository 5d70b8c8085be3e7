import type { SignInContext } from '../trigger-protocol/signed-context.ts'
import type { AuthsignalClient } from '../authsignal/client.ts'
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

export type FindOutcome =
  /** Cognito knows the user by this name itself, or nobody. */
  | { outcome: 'named'; username: string }
  /** This user has the address. */
  | { outcome: 'found'; username: string }
  /** Nobody has the address. */
  | { outcome: 'missing' }
  /** Several have it, and nothing says whose it is. */
  | { outcome: 'refused' }

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
  /** The pool takes no identifiers of this kind. */
  | { outcome: 'unsupported' }

/**
 * The user pool, in our words. Every method fails with a ServiceError `upstream_*` only, at the latest
 * when its signal says so.
 */
export interface UserPool {
  /** What to begin with for whoever gave this identifier. */
  findUser(identifier: Identifier, signal?: AbortSignal): Promise<FindOutcome>
  beginChallenge(username: string, signal?: AbortSignal): Promise<BeginOutcome>
  answerChallenge(
    input: {
      challenge: PendingChallenge
      answer: string
      metadata: Record<string, string>
      /** Whose tokens they must be, where a proof says so: the sub, or the username. */
      userId?: string
    },
    signal?: AbortSignal,
  ): Promise<AnswerOutcome>
  createUser(identifier: Identifier, signal?: AbortSignal): Promise<CreateOutcome>
}

/** Authsignal, as far as the service itself asks it about a sign-in. */
export type Proofs = Pick<AuthsignalClient, 'validate' | 'user'>

/** An identity that Google or Apple vouch for, read off one of their ID tokens. */
export interface ProvenIdentity {
  provider: 'google' | 'apple'
  /** Verified by the provider, which has authority over it; in lower case. */
  email: string
  /** Names the token, however its bytes are spelt. */
  digest: string
}

/** @throws ServiceError `challenge_failed`, or `upstream_*` while the provider's keys cannot be had */
export type VerifyIdToken = (idToken: string, nonce?: string) => Promise<ProvenIdentity>

/** What the client needs to take the challenge: for Authsignal's SDK, its pre-built page, or both. */
export interface IssuedChallenge {
  token?: string
  url?: string
}

/** The answer of a start, which its client may ask for again. */
export interface KeptStart {
  started: StartedSignIn
  /** When its session does, in milliseconds since the epoch. */
  expiresAt: number
}

/**
 * One start for all who come with the same key, at any instance, as long as its session lives. A
 * failure is kept for nobody.
 * @param asked the key and the whole request; both kept as digests only
 * @throws ServiceError `idempotency_key_reused` where the key came with another request
 */
export type ShareStarts = (
  asked: { key: string; request: string },
  start: () => Promise<KeptStart>,
) => Promise<KeptStart>

/** What a start answers. */
export interface StartedSignIn extends IssuedChallenge {
  session: string
  /** Seconds within which finish can succeed. */
  expiresIn: number
}

/** Makes a challenge that looks like any other and that nobody can pass. */
export type MakeDecoy = (decoy: {
  /** What was typed: the same name is the same nobody. */
  name: string
  /** Whether tokens of this pool show the typed name, rather than an id. */
  showsName: boolean
  idempotencyKey: string
  /** What the triggers would track a real user's action with; undefined when they are not told. */
  context: SignInContext | undefined
  /** Whether one is made also where a rule blocks it. */
  evenIfBlocked: boolean
}) => Promise<IssuedChallenge>
