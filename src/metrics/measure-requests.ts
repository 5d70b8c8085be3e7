import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { operationIn, operationOf } from '../http/operation.ts'
import type { RequestMetrics } from './request-metrics.ts'
import { whenOver } from '../http/request-end.ts'

/** To be called before any other hook is added: what a hook refuses was a request too. */
export function measureRequests(app: FastifyInstance, metrics: RequestMetrics): void {
  app.addHook('onRoute', ({ url, schema }) => {
    metrics.route({ url, operation: operationIn(schema) })
  })
  app.addHook('onRequest', (_request, reply, done) => {
    metrics.arrived()
    // Also when the client leaves, of which no hook is told.
    whenOver(reply, () => metrics.left())
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    countAnswer(metrics, request, reply)
    done()
  })
}

/** For those of which no hook is told. */
export function countAnswer(
  metrics: RequestMetrics,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  metrics.answered({
    url: request.is404 ? undefined : request.routeOptions.url,
    operation: operationOf(request),
    method: request.method,
    status: reply.statusCode,
    code: request.problemCode,
    seconds: reply.elapsedTime / 1000,
  })
}
