import type { Identifier } from './identifier.ts'
import { fieldIn, numberIn, stringIn } from './json.ts'

export interface Started {
  session: string
  /** What the Authsignal SDK needs to send and check a code. */
  token: string
  /** Seconds in which finishing can still succeed. */
  expiresIn: number
}

export interface Tokens {
  accessToken: string
  idToken: string
}

/** Why a call failed, in the service's own codes plus two of ours for answers that never came. */
export interface Problem {
  code: string
  retryAfter?: number
  retry?: { session: string; token: string }
}

export type Answer<T> = { ok: true; value: T } | { ok: false; problem: Problem }

/** The two calls a sign-in takes. They never reject: every failure is a problem to show. */
export interface SignInApi {
  startSignIn(identifier: Identifier): Promise<Answer<Started>>
  finishSignIn(proof: { session: string; token: string }): Promise<Answer<Tokens>>
}

/** Longer than the service itself waits, so that its own answer about a slow upstream arrives first. */
const TIMEOUT_MS = 30_000

export function signInApi(apiUrl: string): SignInApi {
  const base = apiUrl.replace(/\/+$/, '')
  return {
    startSignIn: (identifier) => post(`${base}/start-sign-in`, identifier, readStarted),
    finishSignIn: (proof) => post(`${base}/finish-sign-in`, proof, readTokens),
  }
}

async function post<T>(
  url: string,
  body: object,
  read: (body: unknown) => T | undefined,
): Promise<Answer<T>> {
  let response: Response
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      credentials: 'omit',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
  } catch {
    return { ok: false, problem: { code: 'no_connection' } }
  }
  const answer = await jsonOf(response)
  if (!response.ok) return { ok: false, problem: readProblem(answer) }
  const value = read(answer)
  return value ? { ok: true, value } : { ok: false, problem: { code: 'unusable_answer' } }
}

/** A proxy on the way may answer with a page, and a connection may break half-way through a body. */
async function jsonOf(response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch {
    return undefined
  }
}

function readStarted(body: unknown): Started | undefined {
  const session = stringIn(body, 'session')
  const token = stringIn(body, 'token')
  const expiresIn = numberIn(body, 'expiresIn')
  return session && token && expiresIn ? { session, token, expiresIn } : undefined
}

/** The refresh token is left where it is: this page has no use for it, so it does not keep it. */
function readTokens(body: unknown): Tokens | undefined {
  const accessToken = stringIn(body, 'accessToken')
  const idToken = stringIn(body, 'idToken')
  return accessToken && idToken ? { accessToken, idToken } : undefined
}

export function readProblem(body: unknown): Problem {
  const problem: Problem = { code: stringIn(body, 'code') ?? 'unusable_answer' }
  const retryAfter = numberIn(body, 'retryAfter')
  if (retryAfter !== undefined) problem.retryAfter = retryAfter
  const again = fieldIn(body, 'retry')
  const session = stringIn(again, 'session')
  const token = stringIn(again, 'token')
  if (session && token) problem.retry = { session, token }
  return problem
}
