import { AsyncLocalStorage } from 'node:async_hooks'

/** What is known of the request that is being served, wherever in the service its work is done. */
export interface RequestContext {
  readonly id: string
  /** Says when nobody waits for the answer any more: the client has left, or time is up. */
  readonly signal: AbortSignal
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

/**
 * The end of work that is of use to the present client only: its deadline, or sooner when the client
 * has left. Not for changes that would be left half done, nor for what others share.
 */
export function endOfInterest(deadlineMs: number): AbortSignal {
  const deadline = AbortSignal.timeout(deadlineMs)
  const request = currentRequest()
  return request === undefined ? deadline : AbortSignal.any([deadline, request.signal])
}
