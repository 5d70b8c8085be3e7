/**
 * What exactly was wrong with a proof, for the audit only: whoever sends it is told no more than that
 * it was refused. `docs/audit.md` is generated from it.
 */
export const FINDINGS = {
  unknown_issuer: 'The ID token is of a provider that is not configured, or no token at all.',
  wrong_audience: 'The ID token is for another app, or for several.',
  bad_signature: "The ID token's signature, key or form does not hold.",
  nonce_mismatch: 'The ID token was not asked for with the nonce that came with it.',
  claims_missing: 'The ID token says too little: no subject or no times.',
  not_vouched_for: 'The provider does not say that the address is the owner’s now.',
  unusable_address: 'The address is none that sign-ins take.',
  too_old: 'The proof was made too long ago.',
  no_such_user: 'Nobody may sign in under this name: unknown, disabled or not confirmed.',
  refused_by_pool: "The user pool's triggers would not take the proof.",
  another_attempt: 'The proof is of another attempt, action, user or sign-in.',
  not_passed: 'The challenge was not passed, or not by a method that counts.',
  unsound_authenticator:
    'The authenticator came after the attempt began, is gone, or is of an address Cognito does not hold.',
  used_before: 'The proof was used before.',
  unknown_state: 'Authsignal answered a state that allows nothing.',
  session_unreadable:
    'The session is altered, of another deployment or sealed with a key that is gone.',
  session_expired: 'The session is older than it may be.',
  session_spent: 'The session was used before, or Cognito has forgotten it.',
} as const

export type Finding = keyof typeof FINDINGS
