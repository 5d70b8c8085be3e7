import { context } from '@opentelemetry/api'
import type { FastifyInstance, FastifyPluginCallback } from 'fastify'
import type { IsTrusted } from '../http/trusted-peers.ts'

/** What a request says of the trace it belongs to (W3C Trace Context and Baggage). */
const HEADERS = ['traceparent', 'tracestate', 'baggage'] as const

/** One span for each request, by its route; its log lines carry the id of the trace. */
export async function requestSpans(
  app: FastifyInstance,
  plugin: FastifyPluginCallback,
  isTrusted: IsTrusted,
): Promise<void> {
  app.addHook('onRequest', async ({ headers, socket }) => {
    const believed = isTrusted(socket.remoteAddress)
    for (const name of HEADERS) {
      // A stranger could force every request to be sampled, or write into somebody else's trace;
      // the other two are free texts.
      if (!believed || name !== 'traceparent') delete headers[name]
    }
  })
  await app.register(plugin)
  app.addHook('onRequest', async (request, reply) => {
    const traceId = request.opentelemetry().span?.spanContext().traceId
    if (traceId === undefined) return
    request.log = request.log.child({ trace_id: traceId })
    reply.log = request.log
  })
  // After the body was read: its events come from the socket, outside the request's context.
  app.addHook('preHandler', (request, _reply, done) => {
    context.with(request.opentelemetry().context ?? context.active(), done)
  })
  app.addHook('onError', async (request, _reply, error) => {
    request.opentelemetry().span?.addEvent('exception', { 'exception.type': error.name })
  })
  app.addHook('onSend', async (request) => {
    const { problemCode } = request
    if (problemCode !== undefined) {
      request.opentelemetry().span?.setAttribute('error.type', problemCode)
    }
  })
}
