import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Facts } from '../audit/facts.ts'
import type { Priority } from '../priority.ts'
import type { RequestContext } from '../request-context.ts'
import { clientAddress } from './client-address.ts'
import { whenOver } from './request-end.ts'
import { priorityOf } from './route-priority.ts'

/**
 * A request as the rest of the service knows it. Its signal is not Fastify's `request.signal`: that
 * one, and `handlerTimeout` with it, takes the end of the request's body for the end of the client.
 *
 * A class, because of its getter: in an object literal V8 makes a hidden class for each object that has
 * one, and that keeps the object, and with it the request, until the whole heap is collected.
 */
export class RequestInProgress implements RequestContext {
  readonly id: string
  readonly ip: string
  readonly priority: Priority
  facts?: Facts
  #reply: FastifyReply | undefined
  #signal: AbortSignal | undefined

  constructor(request: FastifyRequest, reply: FastifyReply) {
    this.id = request.id
    this.ip = clientAddress(request)
    this.priority = priorityOf(request)
    this.#reply = reply
    // A connection to Cognito keeps the context that it was opened in (AsyncLocalStorage), and the timer of
    // a client's idle connection that of its last request: not the tokens too, and all else of a reply.
    whenOver(reply, () => {
      this.#reply = undefined
    })
  }

  get signal(): AbortSignal {
    return (this.#signal ??= abortWhenLeft(this.#reply, new AbortController()))
  }

  endWithin(deadlineMs: number): AbortSignal {
    const controller = new AbortController()
    // Not AbortSignal.timeout, which would be kept, with all that waits for it, until it is over.
    const timer = setTimeout(() => controller.abort(deadlinePassed()), deadlineMs).unref()
    return abortWhenLeft(this.#reply, controller, () => clearTimeout(timer))
  }
}

/** @param cleanUp also when the answer was sent */
function abortWhenLeft(
  reply: FastifyReply | undefined,
  controller: AbortController,
  cleanUp?: () => void,
): AbortSignal {
  // A connection that closes with the answer unsent: nobody is there to get it.
  if (reply === undefined || reply.raw.destroyed) {
    cleanUp?.()
    controller.abort()
    return controller.signal
  }
  whenOver(reply, () => {
    cleanUp?.()
    if (!reply.raw.writableFinished) controller.abort()
  })
  return controller.signal
}

/** As AbortSignal.timeout says it. */
function deadlinePassed(): Error {
  return new DOMException('The operation was aborted due to timeout', 'TimeoutError')
}
