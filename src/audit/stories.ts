import type { UseCases } from '../app.ts'
import { parseIdentifier } from '../sign-in/identifier.ts'
import type { Tokens } from '../sign-in/ports.ts'
import type { StartSignInInput } from '../sign-in/start-sign-in.ts'
import { addressDigest } from '../trigger-protocol/signed-context.ts'
import type { EventName, Flow } from './events.ts'
import type { Facts } from './facts.ts'
import { attemptNamedIn, usernameIn } from './token-words.ts'
import type { MacKey } from '../trigger-protocol/derived-key.ts'

/** Which events a use case makes, and what they say beside what was noted on the way. */
export interface Story<Given extends unknown[], Result> {
  operation: string
  flow?: Flow
  /** Written before anything is done. */
  begins?: EventName
  done: EventName
  failed: EventName
  /** Where a rule said no; `failed` when left out. */
  blocked?: EventName
  /** What is known before. */
  knows?: (...given: Given) => Facts
  /** What success shows. */
  shows?: (result: Result, ...given: Given) => Facts
}

const SIGN_IN = {
  done: 'sign_in_finished',
  failed: 'sign_in_failed',
  blocked: 'sign_in_blocked',
} as const

const FLOWS = {
  challenge: { flow: 'challenge', ...SIGN_IN },
  passkey: { flow: 'passkey', ...SIGN_IN },
  idToken: { flow: 'id_token', ...SIGN_IN },
} as const

/** The story of one use case. */
type StoryOf<Name extends keyof UseCases> = Story<
  Parameters<UseCases[Name]>,
  Awaited<ReturnType<UseCases[Name]>>
>

/** @param contextKey makes the digests of addresses that sealed sessions hold */
export function startStory(contextKey: MacKey): StoryOf<'startSignIn'> {
  return {
    ...FLOWS.challenge,
    operation: 'startSignIn',
    begins: 'sign_in_started',
    done: 'sign_in_challenged',
    knows: (input) => typed(contextKey, input),
    shows: ({ token }) => attempt(token),
  }
}

export const finishStory: StoryOf<'finishSignIn'> = {
  ...FLOWS.challenge,
  operation: 'finishSignIn',
  // Whose it is the session has said.
  shows: (_tokens, { token }) => attempt(token),
}

export const passkeyStory: StoryOf<'signInWithPasskey'> = {
  ...FLOWS.passkey,
  operation: 'signInWithPasskey',
  shows: owner,
}

export const idTokenStory: StoryOf<'signInWithIdToken'> = {
  ...FLOWS.idToken,
  operation: 'signInWithIdToken',
  shows: owner,
}

export const refreshStory: StoryOf<'refreshTokens'> = {
  operation: 'refreshTokens',
  done: 'tokens_refreshed',
  failed: 'token_refresh_failed',
  shows: owner,
}

export const startStepUpStory: StoryOf<'startStepUp'> = {
  operation: 'startStepUp',
  done: 'step_up_started',
  failed: 'step_up_failed',
  blocked: 'step_up_blocked',
  shows: ({ state }, _accessToken, { action }) => ({ state, action }),
}

export const finishStepUpStory: StoryOf<'finishStepUp'> = {
  operation: 'finishStepUp',
  done: 'step_up_finished',
  failed: 'step_up_failed',
  blocked: 'step_up_blocked',
  shows: ({ verificationMethod, attempt: idempotencyKey }, _accessToken, { action }) => ({
    verificationMethod,
    idempotencyKey,
    action,
  }),
}

/** The others say no more than what was noted on the way. */
export const PLAIN_STORIES = {
  signOut: { operation: 'signOut', done: 'signed_out', failed: 'sign_out_failed' },
  signOutEverywhere: {
    operation: 'signOutEverywhere',
    done: 'signed_out_everywhere',
    failed: 'sign_out_failed',
  },
  updateMe: {
    operation: 'updateMe',
    done: 'profile_changed',
    failed: 'profile_change_failed',
  },
  deleteMe: {
    operation: 'deleteMe',
    done: 'account_deleted',
    failed: 'account_deletion_failed',
  },
  startEnrolment: {
    operation: 'startAuthenticatorEnrollment',
    done: 'authenticator_enrollment_started',
    failed: 'authenticator_enrollment_failed',
  },
  finishEnrolment: {
    operation: 'finishAuthenticatorEnrollment',
    done: 'authenticator_added',
    failed: 'authenticator_enrollment_failed',
  },
  removeAuthenticator: {
    operation: 'removeAuthenticator',
    done: 'authenticator_removed',
    failed: 'authenticator_removal_failed',
  },
} as const satisfies Record<string, Story<never, unknown>>

function typed(contextKey: MacKey, input: StartSignInInput): Facts {
  try {
    const { kind, value } = parseIdentifier(input)
    return {
      identifierKind: kind,
      typed: kind === 'username' ? value : addressDigest(contextKey, value),
    }
  } catch {
    // No identifier at all; the use case says so.
    return {}
  }
}

function owner({ accessToken }: Tokens): Facts {
  const username = usernameIn(accessToken)
  return username === undefined ? {} : { username }
}

function attempt(token: string | undefined): Facts {
  const idempotencyKey = attemptNamedIn(token)
  return idempotencyKey === undefined ? {} : { idempotencyKey }
}
