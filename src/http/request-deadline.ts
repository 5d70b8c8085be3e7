import type { FastifyInstance } from 'fastify'
import { ServiceError } from '../errors.ts'

/**
 * No handler keeps a client waiting longer than this. Everything has its own deadline before; this one
 * is for what was forgotten. The work goes on unseen, so that no change is left half done.
 *
 * Fastify's `handlerTimeout` would be forgotten itself: its timer ends with the request's body.
 */
export function limitHandlers(app: FastifyInstance, deadlineMs: number): void {
  app.addHook('onRoute', (route) => {
    const { handler } = route
    route.handler = function handleInTime(request, reply) {
      return new Promise((resolve, reject) => {
        const late = () => reject(new ServiceError('upstream_timeout'))
        const timer = setTimeout(late, deadlineMs)
        // Whatever way it ends, and also when it throws at once.
        const handled = async () => handler.call(this, request, reply)
        const end = () => clearTimeout(timer)
        handled().then(resolve, reject).then(end, end)
      })
    }
  })
}
