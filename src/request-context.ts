import { AsyncLocalStorage } from 'node:async_hooks'
import type { Facts } from './audit/facts.ts'
import type { Priority } from './priority.ts'

/** What is known of the request that is being served, wherever in the service its work is done. */
export interface RequestContext {
  readonly id: string
  readonly priority: Priority
  /** Says when nobody waits for the answer any more: the client has left, or time is up. */
  readonly signal: AbortSignal
  /** The same, no later than after so many milliseconds; costs nothing more once it is answered. */
  readonly endWithin?: (deadlineMs: number) => AbortSignal
  /** Whose connection it is; behind a proxy only what TRUST_PROXY lets through. */
  readonly ip?: string
  /** What has been learnt on the way. */
  facts?: Facts
}

const storage = new AsyncLocalStorage<RequestContext>()

/** Does the work of one request. */
export function servingRequest<Result>(context: RequestContext, work: () => Result): Result {
  return storage.run(context, work)
}

/** Undefined outside a request, as in a trigger or a timer. */
export function currentRequest(): RequestContext | undefined {
  return storage.getStore()
}

/** Keeps what was learnt of the present request for its audit events. */
export function note(facts: Facts): void {
  const request = storage.getStore()
  if (request !== undefined) request.facts = { ...request.facts, ...facts }
}

/**
 * Does work of the present request that goes on when its client leaves: others may wait for it, or the
 * client come back.
 */
export async function outlivingClient<Result>(work: () => Promise<Result>): Promise<Result> {
  const request = storage.getStore()
  if (request === undefined) return work()
  const { endWithin: _withClient, ...rest } = request
  const apart: RequestContext = { ...rest, signal: new AbortController().signal }
  try {
    return await storage.run(apart, work)
  } finally {
    if (apart.facts !== undefined) note(apart.facts)
  }
}

/**
 * The end of work that is of use to the present client only: its deadline, or sooner when the client
 * has left. Not for changes that would be left half done, nor for what others share.
 */
export function endOfInterest(deadlineMs: number): AbortSignal {
  const request = currentRequest()
  if (request?.endWithin !== undefined) return request.endWithin(deadlineMs)
  const deadline = AbortSignal.timeout(deadlineMs)
  return request === undefined ? deadline : AbortSignal.any([deadline, request.signal])
}
