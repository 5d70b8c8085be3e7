import type { FastifyInstance } from 'fastify'
import { whenOver } from './request-end.ts'

/**
 * How long a request may take to arrive: its head, and all of it. Node swaps the two when the first is
 * the larger, as its default is, and without the interval it looks every 30 s only.
 */
export const ARRIVAL = {
  requestTimeout: 20_000,
  http: { headersTimeout: 10_000, connectionsCheckingInterval: 1_000 },
} as const

/** So that strangers' connections leave descriptors for the calls of those who are served. */
const MOST_CONNECTIONS = 10_000
/** For a request that is still arriving when the service is told to stop. */
const HANG_UP_MS = 1_000

export function boundConnections(app: FastifyInstance): void {
  app.server.maxConnections = MOST_CONNECTIONS
}

/**
 * While it closes, connections end with their answer; those that nobody is served on, such as a browser's
 * spare one or half a request, are cut: they would hold up the end of the process.
 */
export function hangUpWhileClosing(app: FastifyInstance): void {
  let inWork = 0
  let timer: NodeJS.Timeout | undefined
  app.addHook('preValidation', (_request, reply, done) => {
    inWork++
    whenOver(reply, () => {
      inWork--
    })
    done()
  })
  app.addHook('preClose', async () => {
    timer = setInterval(() => {
      if (inWork === 0) app.server.closeAllConnections()
    }, HANG_UP_MS).unref()
  })
  app.addHook('onClose', async () => clearInterval(timer))
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (timer !== undefined) void reply.header('connection', 'close')
    done()
  })
}
