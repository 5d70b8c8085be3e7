import { randomUUID } from 'node:crypto'
import cors from '@fastify/cors'
import swagger from '@fastify/swagger'
import Fastify, { LogController, type FastifyInstance, type FastifyRequest } from 'fastify'
import type { LoggerOptions } from 'pino'
import type { AccountUseCases } from './account/use-cases.ts'
import { ACCOUNT_SCHEMAS, accountRoutes } from './http/account-routes.ts'
import { AUTHENTICATOR_SCHEMAS, authenticatorRoutes } from './http/authenticator-routes.ts'
import { answerBrokenRequest } from './http/broken-request.ts'
import { HttpProblem, refuseUnknownRoutes, replyWithProblem } from './http/error-reply.ts'
import { acceptEmptyBodies } from './http/json-body.ts'
import { logRequests } from './http/logging.ts'
import { ONE_CALL_SCHEMAS, oneCallRoutes, type OneCallUseCases } from './http/one-call-routes.ts'
import { openApiOptions, type OpenApiVersion } from './http/openapi.ts'
import { PROBLEM_SCHEMAS } from './http/problem-schema.ts'
import { SIGN_IN_SCHEMAS, signInRoutes, type SignInUseCases } from './http/sign-in-routes.ts'
import { STEP_UP_SCHEMAS, stepUpRoutes } from './http/step-up-routes.ts'
import { TOKEN_SCHEMAS, tokenRoutes } from './http/token-routes.ts'
import { servingRequest } from './request-context.ts'
import type { TokenUseCases } from './tokens/tokens.ts'

export interface AppOptions {
  version: string
  openApi?: OpenApiVersion
  logger?: (LoggerOptions & { stream?: { write(line: string): void } }) | false
  corsOrigins?: readonly string[]
  trustProxy?: readonly string[]
}

const BODY_LIMIT = 16 * 1024
const REQUEST_TIMEOUT_MS = 20_000

/** Everything a client can ask for. */
export type UseCases = SignInUseCases & OneCallUseCases & TokenUseCases & AccountUseCases

/** The public listener: everything a client can reach, in the order in which a request meets it. */
export async function buildApp(useCases: UseCases, options: AppOptions): Promise<FastifyInstance> {
  const app = Fastify({
    logger: options.logger ?? false,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    trustProxy: options.trustProxy?.length ? [...options.trustProxy] : false,
    routerOptions: { ignoreTrailingSlash: false },
    // Silently dropping a field or turning 12 into "12" hides the client's mistake.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, allErrors: false } },
    // On a connection that is open already, a request that comes while we stop is served like the
    // others; Fastify's own 503 would be no problem document.
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => {
      void replyWithProblem(error, request, reply.headers(headersOfAll(request)))
    },
    clientErrorHandler: answerBrokenRequest,
  })
  // text/plain can be sent by a form on any site without a CORS preflight; JSON only.
  app.removeContentTypeParser('text/plain')
  acceptEmptyBodies(app)
  app.setErrorHandler(replyWithProblem)
  app.setNotFoundHandler((request, reply) =>
    replyWithProblem(new HttpProblem('not_found'), request, reply),
  )
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers(headersOfAll(request))
  })
  if (options.corsOrigins?.length) {
    // The plugin would refuse what is no preflight in plain text.
    app.addHook('onRequest', async ({ method, headers }) => {
      const isPreflight = headers.origin && headers['access-control-request-method']
      if (method === 'OPTIONS' && !isPreflight) throw new HttpProblem('invalid_request')
    })
    await app.register(cors, {
      origin: [...options.corsOrigins],
      methods: ['GET', 'POST', 'PATCH', 'DELETE'],
      allowedHeaders: ['content-type', 'authorization'],
      exposedHeaders: ['x-request-id', 'retry-after'],
      maxAge: 600,
    })
  }
  hangUpWhileClosing(app)
  refuseUnknownRoutes(app)
  logRequests(app)
  // After the body was read: its events come from the socket, outside the request's context.
  app.addHook('preHandler', (request, _reply, done) => {
    servingRequest(request, done)
  })
  await app.register(swagger, openApiOptions(options.openApi ?? '3.1.0', options.version))
  const schemas = [
    ...PROBLEM_SCHEMAS,
    ...SIGN_IN_SCHEMAS,
    ...ONE_CALL_SCHEMAS,
    ...TOKEN_SCHEMAS,
    ...ACCOUNT_SCHEMAS,
    ...AUTHENTICATOR_SCHEMAS,
    ...STEP_UP_SCHEMAS,
  ]
  for (const schema of schemas) app.addSchema(schema)
  await app.register(signInRoutes, useCases)
  await app.register(oneCallRoutes, useCases)
  await app.register(tokenRoutes, useCases)
  await app.register(accountRoutes, useCases)
  await app.register(authenticatorRoutes, useCases)
  await app.register(stepUpRoutes, useCases)
  return app
}

/** On every answer: nothing of ours may be kept by caches. */
function headersOfAll(request: FastifyRequest): Record<string, string> {
  return { 'x-request-id': request.id, 'cache-control': 'no-store' }
}

/** A connection kept alive by a request that was in flight would hold up the end of the process. */
function hangUpWhileClosing(app: FastifyInstance): void {
  let isClosing = false
  app.addHook('preClose', async () => {
    isClosing = true
  })
  app.addHook('onSend', async (_request, reply) => {
    if (isClosing) void reply.header('connection', 'close')
  })
}
