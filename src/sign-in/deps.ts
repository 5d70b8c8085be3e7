import type { Lookalike } from './lookalike.ts'
import type { Proofs, UserPool } from './ports.ts'
import type { IssuedAttempt, SessionSealer } from './sealed-session.ts'
import type { MacKey } from '../trigger-protocol/derived-key.ts'

/** What starting and finishing a sign-in need; made once in server.ts. */
export interface SignInDeps {
  userPool: UserPool
  sealer: SessionSealer
  lookalike: Lookalike
  proofs: Proofs
  keys: {
    /** Reads the triggers' existence hint. */
    hint: MacKey
    /** Signs the context for the triggers. */
    context: MacKey
  }
  settings: SignInSettings
  /**
   * Fails while the user pool is not asked for an answer, so that nobody's fails like anybody's.
   * @throws ServiceError `upstream_unavailable`
   */
  checkUserPool?: () => void
  /** Told of each sign-in that ended in tokens. */
  onFinished?: (attempt: IssuedAttempt) => void
  now: () => number
  sleep: (ms: number) => Promise<unknown>
}

export interface SignInSettings {
  provisioning: 'create' | 'sign-up' | 'none'
  answerFormat: 'raw' | 'json'
  /** The Authsignal action of sign-ins. */
  actionCode: string
  /** How long a started sign-in can be finished. */
  sessionSeconds: number
  allowedRedirectUrls: readonly string[]
  /** Whether a start that a rule blocks looks like any other. */
  blockedStarts: 'hide' | 'tell'
  /** No start, and no refusal at finish, answers faster: time must not tell who is a user. */
  floorMs: number
  /** Deadline of all the calls to Cognito that one request makes. */
  upstreamTimeoutMs: number
}
