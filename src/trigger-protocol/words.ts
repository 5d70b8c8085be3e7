/**
 * Words that cross between the service, Cognito and the triggers. The marker and the metadata names
 * `signInMethod` are also those of the vendor's two-round triggers (authsignal/cognito-lambdas).
 */

/** First round's public parameter `challenge`: answer with anything, and send the context along. */
export const PROVIDE_AUTH_PARAMETERS = 'PROVIDE_AUTH_PARAMETERS'

/** What the service answers to that round. */
export const CONTEXT_ROUND_ANSWER = '__dummy__'

/** How many proofs a sign-in may offer before Cognito ends it. */
export const MAX_ATTEMPTS = 3

/**
 * The only texts our triggers ever throw. Cognito hands them to whoever called it, so they are
 * constants that say nothing about the user.
 */
export const TRIGGER_ERRORS = {
  SIGN_IN_BLOCKED: 'sign_in_blocked',
  UPSTREAM_ERROR: 'upstream_error',
  UPSTREAM_UNAVAILABLE: 'upstream_unavailable',
  UPSTREAM_TIMEOUT: 'upstream_timeout',
} as const
