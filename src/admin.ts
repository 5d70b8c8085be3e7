import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import { docsPage } from './http/docs-page.ts'
import { HttpProblem, refuseUnknownRoutes, replyWithProblem } from './http/error-reply.ts'

/** What the admin listener tells; it is for the operator's network, not for clients. */
export interface AdminSources {
  isReady: () => boolean
  openApi: () => Parameters<typeof docsPage>[0]
  logger?: FastifyBaseLogger
}

export function buildAdmin({ isReady, openApi, logger }: AdminSources): FastifyInstance {
  const app = Fastify({
    ...(logger === undefined ? {} : { loggerInstance: logger }),
    logController: new LogController({ disableRequestLogging: true }),
  })
  app.setErrorHandler(replyWithProblem)
  app.setNotFoundHandler((request, reply) =>
    replyWithProblem(new HttpProblem('not_found'), request, reply),
  )
  refuseUnknownRoutes(app)
  // Alive: the process answers. Restarting it would help if it did not.
  app.get('/health/live', () => ({ status: 'live' }))
  // Ready: send it traffic. Off while it starts and from the moment it is told to stop.
  app.get('/health/ready', (_request, reply) =>
    isReady() ? { status: 'ready' } : reply.code(503).send({ status: 'not_ready' }),
  )
  app.get('/openapi.json', () => openApi())
  app.get('/docs', (_request, reply) =>
    reply
      .headers({
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
      })
      .send(docsPage(openApi())),
  )
  return app
}
