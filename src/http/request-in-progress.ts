import type { FastifyReply, FastifyRequest } from 'fastify'
import type { RequestContext } from '../request-context.ts'
import { clientAddress } from './client-address.ts'
import { priorityOf } from './route-priority.ts'

/**
 * A request as the rest of the service knows it. Its signal is not Fastify's `request.signal`: that
 * one, and `handlerTimeout` with it, takes the end of the request's body for the end of the client.
 */
export function inProgress(request: FastifyRequest, { raw }: FastifyReply): RequestContext {
  let controller: AbortController | undefined
  return {
    id: request.id,
    ip: clientAddress(request),
    priority: priorityOf(request),
    get signal() {
      if (controller === undefined) {
        const left = new AbortController()
        controller = left
        // A connection that closes with the answer unsent: nobody is there to get it.
        if (raw.destroyed) left.abort()
        raw.once('close', () => {
          if (!raw.writableFinished) left.abort()
        })
      }
      return controller.signal
    },
  }
}
