import type { FastifyReply, FastifyRequest } from 'fastify'
import type { RequestContext } from '../request-context.ts'
import { clientAddress } from './client-address.ts'
import { priorityOf } from './route-priority.ts'
import { whenOver } from './request-end.ts'

/**
 * A request as the rest of the service knows it. Its signal is not Fastify's `request.signal`: that
 * one, and `handlerTimeout` with it, takes the end of the request's body for the end of the client.
 */
export function inProgress(request: FastifyRequest, { raw }: FastifyReply): RequestContext {
  /** @param cleanUp also when the answer was sent */
  function abortWhenLeft(controller: AbortController, cleanUp?: () => void): AbortSignal {
    // A connection that closes with the answer unsent: nobody is there to get it.
    if (raw.destroyed) controller.abort()
    whenOver(raw, () => {
      cleanUp?.()
      if (!raw.writableFinished) controller.abort()
    })
    return controller.signal
  }

  let signal: AbortSignal | undefined
  return {
    id: request.id,
    ip: clientAddress(request),
    priority: priorityOf(request),
    get signal() {
      return (signal ??= abortWhenLeft(new AbortController()))
    },
    endWithin(deadlineMs) {
      const controller = new AbortController()
      // Not AbortSignal.timeout, which would be kept, with all that waits for it, until it is over.
      const timer = setTimeout(() => controller.abort(deadlinePassed()), deadlineMs).unref()
      return abortWhenLeft(controller, () => clearTimeout(timer))
    },
  }
}

/** As AbortSignal.timeout says it. */
function deadlinePassed(): Error {
  return new DOMException('The operation was aborted due to timeout', 'TimeoutError')
}
