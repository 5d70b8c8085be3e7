import { randomUUID } from 'node:crypto'
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import type { Registry } from 'prom-client'
import { answerBrokenRequest } from './http/broken-request.ts'
import { ARRIVAL } from './http/connections.ts'
import { docsPage } from './http/docs-page.ts'
import { HttpProblem, refuseUnknownRoutes, replyWithProblem } from './http/error-reply.ts'
import { lazySchemas } from './http/lazy-schemas.ts'
import { securityHeaders } from './http/security-headers.ts'
import type { UpstreamStatuses } from './upstream/status.ts'

/** What the admin listener tells; it is for the operator's network, not for clients. */
export interface AdminSources {
  isReady: () => boolean
  /** Told, but no reason not to be ready: every instance would be unready together. */
  upstreams: () => UpstreamStatuses
  openApi: () => Parameters<typeof docsPage>[0]
  metrics: Pick<Registry, 'contentType' | 'metrics'>
  logger?: FastifyBaseLogger
}

/** It is reached by plain HTTP inside the operator's network, so there is nothing about https. */
const HEADERS = { ...securityHeaders(), 'cache-control': 'no-store' }

export function buildAdmin(sources: AdminSources): FastifyInstance {
  const { isReady, upstreams, openApi, metrics, logger } = sources
  const app = Fastify({
    ...(logger === undefined ? {} : { loggerInstance: logger }),
    // It has no schemas, and Fastify would load its compilers all the same.
    schemaController: { compilersFactory: lazySchemas().compilersFactory },
    logController: new LogController({
      disableRequestLogging: true,
      requestIdLogLabel: 'requestId',
    }),
    genReqId: () => randomUUID(),
    ...ARRIVAL,
    // Nobody waits for an answer of it while the service stops.
    forceCloseConnections: true,
    frameworkErrors: (error, request, reply) => {
      void replyWithProblem(
        error,
        request,
        reply.headers({ 'x-request-id': request.id, ...HEADERS }),
      )
    },
    clientErrorHandler: answerBrokenRequest(securityHeaders()),
  })
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers({ 'x-request-id': request.id, ...HEADERS })
  })
  app.setErrorHandler(replyWithProblem)
  app.setNotFoundHandler((request, reply) =>
    replyWithProblem(new HttpProblem('not_found'), request, reply),
  )
  refuseUnknownRoutes(app)
  // Alive: the process answers. Restarting it would help if it did not.
  app.get('/health/live', () => ({ status: 'live' }))
  // Ready: send it traffic. Off while it starts and from the moment it is told to stop.
  app.get('/health/ready', (_request, reply) => {
    const status = isReady() ? 'ready' : 'not_ready'
    return reply.code(isReady() ? 200 : 503).send({ status, upstreams: upstreams() })
  })
  app.get('/metrics', async (_request, reply) =>
    reply.header('content-type', metrics.contentType).send(await metrics.metrics()),
  )
  app.get('/openapi.json', () => openApi())
  app.get('/docs', (_request, reply) =>
    reply
      .headers({
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy':
          "default-src 'none';style-src 'unsafe-inline';frame-ancestors 'none'",
      })
      .send(docsPage(openApi())),
  )
  return app
}
