import { readProblem, type Problem } from './problem.ts'

export type Answer<T> = { ok: true; value: T } | { ok: false; problem: Problem }

export interface Request<T> {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  path: string
  body?: object
  /** The access token. */
  bearer?: string
  /** Names what is asked, so that it is done once however often it arrives. */
  idempotencyKey?: string
  /** Undefined when the answer is not what was agreed. */
  read: (body: unknown) => T | undefined
  /** For a refusal that is a step on the way; undefined when it is a refusal after all. */
  readRefusal?: (body: unknown) => T | undefined
}

/** Makes the calls. Never rejects: every failure is a problem to show. */
export type Call = <T>(request: Request<T>) => Promise<Answer<T>>

/** Longer than the service itself waits, so that its own answer about a slow upstream arrives first. */
const TIMEOUT_MS = 30_000

const UNUSABLE: Problem = { code: 'unusable_answer' }

/** @param baseUrl of the service, or '' for the page's own server */
export function callsTo(baseUrl: string): Call {
  const base = baseUrl.replace(/\/+$/, '')
  return async ({ method, path, body, bearer, idempotencyKey, read, readRefusal }) => {
    let response: Response
    try {
      response = await fetch(`${base}${path}`, {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
          ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        // No cookie takes part in any of this, so none goes along.
        credentials: 'omit',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
    } catch {
      return { ok: false, problem: { code: 'no_connection' } }
    }
    const answer = await jsonOf(response)
    const value = response.ok ? read(answer) : readRefusal?.(answer)
    if (value !== undefined) return { ok: true, value }
    return { ok: false, problem: response.ok ? UNUSABLE : readProblem(answer) }
  }
}

/** For answers without a body. */
export const nothing = (): true => true

/** A proxy on the way may answer with a page, and a connection may break half-way through a body. */
async function jsonOf(response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch {
    return undefined
  }
}
