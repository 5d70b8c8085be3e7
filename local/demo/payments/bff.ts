import { Type, type Static, type TSchema } from 'typebox'
import { Value } from 'typebox/value'

/** Who asks, as the browser said it: passed on to the service, which is the one to check it. */
export interface Caller {
  authorization: string
  /** So that Authsignal's rules see the person's browser rather than this server. */
  userAgent?: string
}

/** A refusal in the service's words, or in its style where there was no answer. */
export interface Refusal {
  status: number
  code: string
  reason?: string
}

export type Reply<T> = { ok: true; value: T } | { ok: false; refusal: Refusal }

const Me = Type.Object({ userId: Type.String({ minLength: 1 }) })
const Started = Type.Object({
  state: Type.String(),
  attempt: Type.String({ minLength: 1 }),
  token: Type.Optional(Type.String()),
  url: Type.Optional(Type.String()),
})
const Finished = Type.Object({
  state: Type.String(),
  attempt: Type.String({ minLength: 1 }),
  verificationMethod: Type.Optional(Type.String()),
})
const Problem = Type.Object({ code: Type.String(), reason: Type.Optional(Type.String()) })

/** The calls that a server makes to have something confirmed by one of its users. */
export interface Bff {
  me(caller: Caller): Promise<Reply<Static<typeof Me>>>
  startStepUp(caller: Caller, body: object): Promise<Reply<Static<typeof Started>>>
  finishStepUp(caller: Caller, body: object): Promise<Reply<Static<typeof Finished>>>
}

const TIMEOUT_MS = 25_000
const NO_ANSWER: Refusal = { status: 503, code: 'upstream_unavailable' }
const UNUSABLE: Refusal = { status: 502, code: 'upstream_error' }

export function bffAt(url: string): Bff {
  const base = url.replace(/\/+$/, '')
  return {
    me: (caller) => ask(`${base}/me`, caller, Me),
    startStepUp: (caller, body) => ask(`${base}/start-step-up`, caller, Started, body),
    finishStepUp: (caller, body) => ask(`${base}/finish-step-up`, caller, Finished, body),
  }
}

async function ask<T extends TSchema>(
  url: string,
  { authorization, userAgent }: Caller,
  schema: T,
  body?: object,
): Promise<Reply<Static<T>>> {
  let response: Response
  let answer: unknown
  try {
    response = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization,
        ...(userAgent === undefined ? {} : { 'user-agent': userAgent }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    answer = await response.json()
  } catch {
    return { ok: false, refusal: NO_ANSWER }
  }
  if (response.ok && Value.Check(schema, answer)) return { ok: true, value: answer }
  if (response.ok || !Value.Check(Problem, answer)) return { ok: false, refusal: UNUSABLE }
  const { code, reason } = answer
  const refusal = { status: response.status, code, ...(reason === undefined ? {} : { reason }) }
  return { ok: false, refusal }
}
