import type { FastifyInstance } from 'fastify'
import type { LoggerOptions } from 'pino'

/**
 * Log settings: an allow list. Requests are logged by their route, never by their URL; errors by
 * class, code and stack frames, never by message, because messages quote what users send.
 */
export function loggerOptions(level: string): LoggerOptions {
  return {
    level,
    base: { service: 'cognito-authsignal-bff' },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: safeError, error: safeError, req: () => undefined, res: () => undefined },
  }
}

function safeError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error }
  const code: unknown = 'code' in error ? error.code : undefined
  const frames = stackBelowMessage(error).filter((line) => /^\s+at /.test(line))
  return {
    type: error.name,
    ...(typeof code === 'string' ? { code } : {}),
    ...(frames.length > 0 ? { frames: frames.map((line) => line.trim()) } : {}),
  }
}

/** A stack begins with the message, whose own lines may look like frames. */
function stackBelowMessage({ message, stack = '' }: Error): string[] {
  const start = stack.indexOf(message)
  return start < 0 ? [] : stack.slice(start + message.length).split('\n')
}

/** One line per answered request. */
export function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    request.log.info(
      {
        method: request.method,
        route: request.is404 ? undefined : request.routeOptions.url,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
      },
      'request',
    )
  })
}
