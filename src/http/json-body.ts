import type { FastifyInstance } from 'fastify'

/**
 * Takes a body of no length for none at all: many HTTP clients name the content type on every request.
 * Where a body is required, its schema refuses none as well.
 */
export function acceptEmptyBodies(app: FastifyInstance): void {
  // What Fastify does by itself (`onProtoPoisoning` and `onConstructorPoisoning`: refuse).
  const parse = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser<string>(
    'application/json',
    { parseAs: 'string' },
    (request, body, done) => {
      if (body === '') done(null, undefined)
      else void parse(request, body, done)
    },
  )
}
