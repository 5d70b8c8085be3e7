import { MAX_ATTEMPTS, PROVIDE_AUTH_PARAMETERS } from '../trigger-protocol/words.ts'
import type { ChallengeResult, DefineEvent } from './events.ts'
import { beginsWithPassword, roundsAfterPassword } from './password-first.ts'

/**
 * Decides what comes next in a sign-in: a challenge, tokens, or the end.
 * Source: AWS docs, user-pool-lambda-define-auth-challenge.
 */
export async function handler(event: DefineEvent): Promise<DefineEvent> {
  const { session } = event.request
  // One context round at most, at the beginning: more of them would be free attempts.
  if (!beginsWithPassword(session)) return decide(event, session, 1)
  if (session.length === 1 && session[0]?.challengeResult === true) return askPassword(event)
  const rounds = roundsAfterPassword(session)
  // Clients that begin with a password do not know the context round.
  return rounds === undefined ? fail(event) : decide(event, rounds, 0)
}

function decide(
  event: DefineEvent,
  rounds: readonly ChallengeResult[],
  contextRounds: number,
): DefineEvent {
  // Only our own challenge counts: a session may hold password or MFA rounds, answered right, when
  // the caller began another way. A password alone never issues tokens.
  if (rounds.some(({ challengeName }) => challengeName !== 'CUSTOM_CHALLENGE')) return fail(event)
  const attempts = rounds.filter((round) => !isContextRound(round))
  if (rounds.length - attempts.length > contextRounds) return fail(event)
  if (attempts.at(-1)?.challengeResult === true) {
    return event.request.userNotFound === true ? fail(event) : issue(event)
  }
  const refused = attempts.filter(({ challengeResult }) => !challengeResult).length
  return refused >= MAX_ATTEMPTS ? fail(event) : challenge(event)
}

function isContextRound({ challengeMetadata, challengeResult }: ChallengeResult): boolean {
  return challengeMetadata === PROVIDE_AUTH_PARAMETERS && !challengeResult
}

function askPassword(event: DefineEvent): DefineEvent {
  event.response = {
    challengeName: 'PASSWORD_VERIFIER',
    issueTokens: false,
    failAuthentication: false,
  }
  return event
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
