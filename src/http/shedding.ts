import type { FastifyInstance } from 'fastify'
import { ServiceError } from '../errors.ts'
import { placesFor, type Priority } from '../priority.ts'
import { eventLoopDelay, type EventLoopDelay } from './event-loop-delay.ts'
import { priorityOf } from './route-priority.ts'
import { whenOver } from './request-end.ts'

export interface SheddingOptions {
  /** The most requests at a time; everything that waits inside the process waits for one of them. */
  mostRequests: number
  /** How late the event loop may be before starts are turned away; never when 0. */
  delayMs: number
  delay?: EventLoopDelay
  /** Told of each request that is turned away. */
  onShed?: (priority: Priority) => void
}

/** How many times the delay each bears. */
const PATIENCE: Readonly<Record<Priority, number>> = { start: 1, finish: 2, refresh: 4 }
const RETRY_AFTER_SECONDS = 1
const JITTER_SECONDS = 4

/** Turns requests away while there is more to do than can be done, before anything of them is read. */
export function shedLoad(app: FastifyInstance, options: SheddingOptions): void {
  const { mostRequests, delayMs, delay = eventLoopDelay(), onShed = () => {} } = options
  let inFlight = 0
  const isFull = (priority: Priority) => inFlight >= placesFor(priority, mostRequests)
  app.addHook('onClose', async () => delay.close())

  app.addHook('onRequest', (request, _reply, done) => {
    const priority = priorityOf(request)
    const isLate = delayMs > 0 && delay.recentMs() > delayMs * PATIENCE[priority]
    if (isLate || isFull(priority)) {
      onShed(priority)
      done(overloaded())
      return
    }
    done()
  })
  // It takes a place when all of it is there: half a request would hold one for as long as it likes.
  app.addHook('preValidation', (request, reply, done) => {
    const priority = priorityOf(request)
    if (isFull(priority)) {
      onShed(priority)
      done(overloaded())
      return
    }
    inFlight++
    // Also when the client leaves, of which no hook of Fastify's is told.
    whenOver(reply, () => {
      inFlight--
    })
    done()
  })
}

/** Not all back at the same time. */
function overloaded(): ServiceError {
  const retryAfter = RETRY_AFTER_SECONDS + Math.floor(Math.random() * JITTER_SECONDS)
  return new ServiceError('upstream_unavailable', { retryAfter })
}
