/** What is learnt of a request on the way through the service, for its audit events. */
export interface Facts {
  /** Cognito's username, which is the same from the start of a sign-in to the last of its tokens. */
  username?: string
  identifierKind?: 'email' | 'phoneNumber' | 'username'
  /** Stands for what was typed; for an address its digest, which a sealed session has too. */
  typed?: string
  /** Names the action at Authsignal. */
  idempotencyKey?: string
  /** The rules that matched at Authsignal. */
  ruleIds?: readonly string[]
  verificationMethod?: string
  /** Whose ID token it is. */
  provider?: string
  /** The Authsignal action of a step-up. */
  action?: string
  /** What Authsignal wants before that action. */
  state?: string
  /** Whether a rule blocked it, also where the client is not told. */
  isBlocked?: boolean
  /** When the sign-in was started, in milliseconds since the epoch. */
  startedAt?: number
}
