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
    route.handler = async function handleInTime(request, reply) {
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(new ServiceError('upstream_timeout')), deadlineMs)
      })
      try {
        return await Promise.race([handler.call(this, request, reply), late])
      } finally {
        clearTimeout(timer)
      }
    }
  })
}
