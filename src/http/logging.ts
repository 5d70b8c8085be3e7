import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { LogFn, LoggerOptions } from 'pino'
import { allowedFields } from './log-fields.ts'
import { operationOf } from './operation.ts'
import { whenOver } from './request-end.ts'

/**
 * Log settings: an allow list. Requests are logged by their route, never by their URL; errors by
 * class, code and stack frames, never by message, because messages quote what users send.
 */
export function loggerOptions(level: string): LoggerOptions {
  return {
    level,
    base: { service: 'cognito-authsignal-bff' },
    timestamp: timestamps(),
    formatters: { level: (label) => ({ level: label }), log: allowedFields },
    serializers: { err: safeError, error: safeError },
    hooks: {
      logMethod(args, method) {
        Reflect.apply(method, this, withConstantMessage(args))
      },
    },
  }
}

/** The same text for all lines of a millisecond. */
function timestamps(): () => string {
  let at = 0
  let text = ''
  return () => {
    const now = Date.now()
    if (now !== at) text = `,"time":"${new Date(now).toISOString()}"`
    at = now
    return text
  }
}

/**
 * A message is a text of ours. Without one pino takes the error's, which quotes what users send; what
 * comes after it would be put into it.
 */
function withConstantMessage([first, second]: Parameters<LogFn>): Parameters<LogFn> {
  const fields: unknown = first
  if (typeof fields === 'string') return [fields]
  const message = typeof second === 'string' ? second : 'no message'
  return [fields instanceof Error ? { err: fields } : fields, message]
}

function safeError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error }
  const code: unknown = 'code' in error ? error.code : undefined
  const frames = stackBelowMessage(error).filter((line) => /^\s+at /.test(line))
  return {
    type: isName(error.name) ? error.name : 'Error',
    ...(isName(code) ? { code } : {}),
    ...(frames.length > 0 ? { frames: frames.map((line) => line.trim()) } : {}),
  }
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && /^\w{1,64}$/.test(value)
}

/** A stack begins with the message, whose own lines may look like frames. */
function stackBelowMessage({ message, stack = '' }: Error): string[] {
  const start = stack.indexOf(message)
  return start < 0 ? [] : stack.slice(start + message.length).split('\n')
}

declare module 'fastify' {
  interface FastifyRequest {
    isAnswered?: boolean
  }
}

/** As nginx names it: nobody was there to get an answer. */
const CLIENT_LEFT = 499

/** One line per request, whether it is answered or its client leaves before. */
export function logRequests(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    // Of this no hook of Fastify's is told.
    whenOver(reply, () => {
      if (request.isAnswered !== true) logRequest(request, reply, CLIENT_LEFT)
    })
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    request.isAnswered = true
    logRequest(request, reply, reply.statusCode)
    done()
  })
}

/** For those of which no hook is told. */
export function logRequest(request: FastifyRequest, reply: FastifyReply, status: number): void {
  request.log.info(
    {
      operation: operationOf(request),
      method: request.method,
      route: request.is404 ? undefined : request.routeOptions.url,
      status,
      code: request.problemCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
    },
    'request',
  )
}
