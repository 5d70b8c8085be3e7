import type { FastifyRequest } from 'fastify'
import type { Priority } from '../priority.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `finish` when left out. */
    priority?: Priority
  }
}

/** What the request's route says; a path that is none of ours comes last. */
export function priorityOf({ is404, routeOptions }: FastifyRequest): Priority {
  return is404 ? 'start' : (routeOptions.config.priority ?? 'finish')
}
