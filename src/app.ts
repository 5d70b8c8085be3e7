import cors from '@fastify/cors'
import swagger from '@fastify/swagger'
import Fastify, { LogController, type FastifyInstance, type FastifyRequest } from 'fastify'
import type { LoggerOptions } from 'pino'
import type { AccountUseCases } from './account/use-cases.ts'
import { ACCOUNT_SCHEMAS, accountRoutes } from './http/account-routes.ts'
import { AUTHENTICATOR_SCHEMAS, authenticatorRoutes } from './http/authenticator-routes.ts'
import { answerBrokenRequest } from './http/broken-request.ts'
import { ARRIVAL, boundConnections, hangUpWhileClosing } from './http/connections.ts'
import { HttpProblem, refuseUnknownRoutes, replyWithProblem } from './http/error-reply.ts'
import { acceptEmptyBodies } from './http/json-body.ts'
import { RequestInProgress } from './http/request-in-progress.ts'
import { limitArrivals, limitVisits } from './http/rate-limit.ts'
import { logRequest, logRequests } from './http/logging.ts'
import { lazySchemas } from './http/lazy-schemas.ts'
import { limitHandlers } from './http/request-deadline.ts'
import { shedLoad, type SheddingOptions } from './http/shedding.ts'
import { quickLengths } from './http/string-lengths.ts'
import { ONE_CALL_SCHEMAS, oneCallRoutes, type OneCallUseCases } from './http/one-call-routes.ts'
import { openApiOptions, type OpenApiVersion } from './http/openapi.ts'
import { PROBLEM_SCHEMAS } from './http/problem-schema.ts'
import { requestIds } from './http/request-id.ts'
import { securityHeaders } from './http/security-headers.ts'
import { SIGN_IN_SCHEMAS, signInRoutes, type SignInUseCases } from './http/sign-in-routes.ts'
import { STEP_UP_SCHEMAS, stepUpRoutes } from './http/step-up-routes.ts'
import { TOKEN_SCHEMAS, tokenRoutes } from './http/token-routes.ts'
import { trustedPeers } from './http/trusted-peers.ts'
import type { Limits } from './limits/limits.ts'
import { countAnswer, measureRequests } from './metrics/measure-requests.ts'
import type { RequestMetrics } from './metrics/request-metrics.ts'
import { servingRequest } from './request-context.ts'
import type { TokenUseCases } from './tokens/tokens.ts'
import type { Tracing } from './tracing/ports.ts'

export interface AppOptions {
  version: string
  openApi?: OpenApiVersion
  logger?: (LoggerOptions & { stream?: { write(line: string): void } }) | false
  corsOrigins?: readonly string[]
  trustProxy?: readonly string[]
  /** The longest that a request is worked on. */
  deadlineMs?: number
  /** When there is too much to do; never when left out. */
  shedding?: SheddingOptions
  /** Seconds for which browsers come by https only. */
  hstsMaxAge?: number
  tracing?: Tracing | undefined
  /** None are kept when left out. */
  limits?: Limits
  metrics?: RequestMetrics
}

/** By then it is known to be ready, and requests come. */
const COMPILE_AFTER_MS = 1_000
const BODY_LIMIT = 16 * 1024
const YEAR_IN_SECONDS = 31_536_000

/** Everything a client can ask for. */
export type UseCases = SignInUseCases & OneCallUseCases & TokenUseCases & AccountUseCases

/** The public listener: everything a client can reach, in the order in which a request meets it. */
export async function buildApp(useCases: UseCases, options: AppOptions): Promise<FastifyInstance> {
  const { corsOrigins = [], hstsMaxAge = YEAR_IN_SECONDS } = options
  const app = listener(options)
  boundConnections(app)
  // text/plain can be sent by a form on any site without a CORS preflight; JSON only.
  app.removeContentTypeParser('text/plain')
  acceptEmptyBodies(app)
  app.setErrorHandler(replyWithProblem)
  app.setNotFoundHandler((request, reply) =>
    replyWithProblem(new HttpProblem('not_found'), request, reply),
  )
  // Before any hook that may refuse a request.
  if (options.metrics !== undefined) measureRequests(app, options.metrics)
  await options.tracing?.instrument(app)
  const always = securityHeaders(hstsMaxAge)
  app.addHook('onRequest', (request, reply, done) => {
    void reply.headers(always).headers(headersOfAll(request))
    done()
  })
  if (corsOrigins.length > 0) {
    // An OPTIONS ends where origins are allowed, before the limits on everything else.
    if (options.limits) limitArrivals(app, options.limits, ({ method }) => method === 'OPTIONS')
    await allowOrigins(app, corsOrigins)
  }
  if (options.shedding !== undefined) shedLoad(app, options.shedding)
  if (options.limits) limitArrivals(app, options.limits)
  if (options.deadlineMs !== undefined) limitHandlers(app, options.deadlineMs)
  hangUpWhileClosing(app)
  refuseUnknownRoutes(app)
  logRequests(app)
  // After the body was read: its events come from the socket, outside the request's context.
  app.addHook('preHandler', (request, reply, done) => {
    servingRequest(new RequestInProgress(request, reply), done)
  })
  if (options.limits) limitVisits(app, options.limits)
  await app.register(swagger, openApiOptions(options.openApi ?? '3.1.0', options.version))
  await addRoutes(app, useCases)
  return app
}

/** Fastify, set up so that every answer is a problem document or one of ours. */
function listener(options: AppOptions): FastifyInstance {
  const { trustProxy = [], hstsMaxAge = YEAR_IN_SECONDS } = options
  const schemas = lazySchemas()
  const app: FastifyInstance = Fastify({
    schemaController: { compilersFactory: schemas.compilersFactory },
    logger: options.logger ?? false,
    logController: new LogController({
      disableRequestLogging: true,
      requestIdLogLabel: 'requestId',
    }),
    genReqId: requestIds(trustedPeers(trustProxy)),
    bodyLimit: BODY_LIMIT,
    ...ARRIVAL,
    trustProxy: trustProxy.length > 0 ? [...trustProxy] : false,
    routerOptions: { ignoreTrailingSlash: false },
    // Silently dropping a field or turning 12 into "12" hides the client's mistake.
    ajv: {
      customOptions: { coerceTypes: false, removeAdditional: false, allErrors: false },
      onCreate: quickLengths,
    },
    // On a connection that is open already, a request that comes while we stop is served like the
    // others; Fastify's own 503 would be no problem document.
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => {
      const headers = { ...headersOfAll(request), ...securityHeaders(hstsMaxAge) }
      // Such a URL meets no hook.
      reply.raw.once('finish', () => {
        logRequest(request, reply, reply.statusCode)
        if (options.metrics !== undefined) countAnswer(options.metrics, request, reply)
      })
      void replyWithProblem(error, request, reply.headers(headers))
    },
    clientErrorHandler: answerBrokenRequest(securityHeaders(hstsMaxAge), (requestId) => {
      const answer = { status: 400, code: 'invalid_request' } as const
      app.log.info({ requestId, ...answer }, 'request')
      options.metrics?.answered({ method: 'none', seconds: 0, ...answer })
    }),
  })
  // Nobody waits for it: what a request needs meanwhile comes before its turn.
  const compileRest = () => {
    schemas.compileRest().catch((err: unknown) => {
      app.log.error({ err }, 'a schema cannot be compiled')
    })
  }
  let timer: NodeJS.Timeout | undefined
  app.addHook('onListen', (done) => {
    timer = setTimeout(compileRest, COMPILE_AFTER_MS).unref()
    done()
  })
  app.addHook('onClose', async () => clearTimeout(timer))
  return app
}

async function addRoutes(app: FastifyInstance, useCases: UseCases): Promise<void> {
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
}

/** Web apps of other origins may call and read (ASVS 3.4.2): those on the list, without cookies. */
async function allowOrigins(app: FastifyInstance, origins: readonly string[]): Promise<void> {
  const allowed = new Set(origins)
  app.addHook('onRequest', async ({ method, headers: { origin = '', ...headers } }) => {
    if (method !== 'OPTIONS') return
    // The plugin would refuse what is no preflight in plain text, and tell strangers what is allowed.
    const isPreflight = headers['access-control-request-method'] !== undefined
    if (!isPreflight || !allowed.has(origin)) {
      throw new HttpProblem('invalid_request', { vary: 'Origin' })
    }
  })
  await app.register(cors, {
    origin: [...origins],
    methods: ['GET', 'POST', 'PATCH', 'DELETE'],
    allowedHeaders: ['content-type', 'authorization', 'idempotency-key', 'traceparent'],
    exposedHeaders: ['x-request-id', 'retry-after', 'ratelimit', 'ratelimit-policy'],
    maxAge: 600,
  })
}

/** On every answer: nothing of ours may be kept by caches. */
function headersOfAll(request: FastifyRequest): Record<string, string> {
  return { 'x-request-id': request.id, 'cache-control': 'no-store' }
}
