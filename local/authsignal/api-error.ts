import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** A refusal in Authsignal's terms, thrown anywhere below a route. */
export class ApiError extends Error {
  readonly statusCode: number
  readonly code: string

  constructor(statusCode: number, code: string, description: string) {
    super(description)
    this.name = 'ApiError'
    this.statusCode = statusCode
    this.code = code
  }
}

export const invalidRequest = (description: string): ApiError =>
  new ApiError(400, 'invalid_request', description)

export const unauthorized = (description: string): ApiError =>
  new ApiError(401, 'unauthorized', description)

export const notFound = (description: string): ApiError =>
  new ApiError(404, 'not_found', description)

/** No route may ever answer with Fastify's own error body: the SDKs would read it as success data. */
export function answerErrorsAsApiErrors(app: FastifyInstance): void {
  app.setErrorHandler<FastifyError | ApiError>((error, _request, reply) => sendError(reply, error))
  app.setNotFoundHandler(answerNotFound)
}

export function answerNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendError(reply, notFound(`No such endpoint: ${request.method} ${pathOf(request)}`))
}

/**
 * All three keys on purpose: the node SDK reads `error` as the code, browser and iOS read
 * `errorCode`, Android fails to decode without `error`.
 */
export function sendError(reply: FastifyReply, error: FastifyError | ApiError): FastifyReply {
  const { statusCode = 500 } = error
  const code = error instanceof ApiError ? error.code : codeOfStatus(statusCode)
  return reply
    .code(statusCode)
    .send({ error: code, errorCode: code, errorDescription: error.message })
}

function codeOfStatus(statusCode: number): string {
  return statusCode < 500 ? 'invalid_request' : 'internal_error'
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? request.url
}
