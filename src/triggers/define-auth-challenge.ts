import { MAX_ATTEMPTS, PROVIDE_AUTH_PARAMETERS } from '../trigger-protocol/words.ts'
import type { ChallengeResult, DefineEvent } from './events.ts'

/**
 * Decides what comes next in a sign-in: a challenge, tokens, or the end.
 * Source: AWS docs, user-pool-lambda-define-auth-challenge.
 */
export async function handler(event: DefineEvent): Promise<DefineEvent> {
  const { session, userNotFound } = event.request
  const rounds = session.filter((round) => !isContextRound(round))
  const last = rounds.at(-1)
  const refused = rounds.filter((round) => !round.challengeResult).length

  // Only our own challenge counts: a session may hold password or MFA rounds, answered right, when
  // the caller began another way.
  if (session.some((round) => round.challengeName !== 'CUSTOM_CHALLENGE')) return fail(event)
  if (last?.challengeResult === true) return userNotFound === true ? fail(event) : issue(event)
  if (refused >= MAX_ATTEMPTS) return fail(event)
  // One context round at most, at the beginning: more of them would be free attempts.
  if (session.length - rounds.length > 1) return fail(event)
  return challenge(event)
}

function isContextRound({ challengeMetadata, challengeResult }: ChallengeResult): boolean {
  return challengeMetadata === PROVIDE_AUTH_PARAMETERS && !challengeResult
}

function challenge(event: DefineEvent): DefineEvent {
  event.response = {
    challengeName: 'CUSTOM_CHALLENGE',
    issueTokens: false,
    failAuthentication: false,
  }
  return event
}

function issue(event: DefineEvent): DefineEvent {
  event.response = { challengeName: null, issueTokens: true, failAuthentication: false }
  return event
}

function fail(event: DefineEvent): DefineEvent {
  event.response = { challengeName: null, issueTokens: false, failAuthentication: true }
  return event
}
