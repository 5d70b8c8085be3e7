import { fieldIn, numberIn, stringIn } from '../json.ts'

/** Why a call failed, in the service's own codes plus two of ours for answers that never came. */
export interface Problem {
  code: string
  /** Of `challenge_failed`: `unfinished` when the challenge was left before its end. */
  reason?: string
  retryAfter?: number
  retry?: Started
}

/** An attempt to sign in that has begun. */
export interface Started {
  session: string
  /** What the Authsignal SDK takes. */
  token: string
  /** Authsignal's own page, which takes the challenge as well. */
  url?: string
  /** Seconds in which finishing can still succeed. */
  expiresIn: number
}

export function readProblem(body: unknown): Problem {
  const problem: Problem = { code: stringIn(body, 'code') ?? 'unusable_answer' }
  const reason = stringIn(body, 'reason')
  if (reason !== undefined) problem.reason = reason
  const retryAfter = numberIn(body, 'retryAfter')
  if (retryAfter !== undefined) problem.retryAfter = retryAfter
  const retry = readStarted(fieldIn(body, 'retry'))
  if (retry) problem.retry = retry
  return problem
}

/** Taken whole or not at all. */
export function readStarted(body: unknown): Started | undefined {
  const session = stringIn(body, 'session')
  const token = stringIn(body, 'token')
  const expiresIn = numberIn(body, 'expiresIn')
  if (!session || !token || !expiresIn) return undefined
  const url = stringIn(body, 'url')
  return { session, token, expiresIn, ...(url ? { url } : {}) }
}
