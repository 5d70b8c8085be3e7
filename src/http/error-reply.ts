import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ServiceError } from '../errors.ts'
import { operationOf } from './operation.ts'
import { PROBLEMS, type ProblemCode } from './problems.ts'
import type { Problem } from './problem-schema.ts'
import { instanceOf } from './request-id.ts'

const PROBLEM_JSON = 'application/problem+json; charset=utf-8'

/** Our own reason not to serve a request, decided before any route has seen it. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem'
  readonly code: ProblemCode
  readonly headers: Record<string, string>

  constructor(code: ProblemCode, headers: Record<string, string> = {}) {
    super(code)
    this.code = code
    this.headers = headers
  }
}

/** Turns whatever was thrown into a problem answer, and logs what the operator has to know. */
export function replyWithProblem(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const problem = problemFor(error, request.id)
  request.problemCode = codeOf(error)
  if (error instanceof HttpProblem) void reply.headers(error.headers)
  if (problem.retryAfter !== undefined) void reply.header('retry-after', problem.retryAfter)
  // RFC 6750, section 3.
  if (problem.code === 'invalid_token') {
    void reply.header('www-authenticate', 'Bearer error="invalid_token"')
  }
  // RFC 9470, section 3.
  if (error instanceof ServiceError && error.maxAge !== undefined) {
    const challenge = 'Bearer error="insufficient_user_authentication"'
    void reply.header('www-authenticate', `${challenge}, max_age="${error.maxAge}"`)
  }
  logFailure(error, problem, request, reply)
  return reply.code(problem.status).header('content-type', PROBLEM_JSON).send(problem)
}

export function problemFor(error: unknown, requestId: string): Problem {
  const code = codeOf(error)
  const { status, title, detail } = PROBLEMS[code]
  const problem: Problem = {
    type: `urn:cognito-authsignal-bff:problem:${code}`,
    title,
    status,
    detail,
    instance: instanceOf(requestId),
    code,
    requestId,
  }
  if (error instanceof ServiceError) {
    if (error.errors !== undefined) problem.errors = error.errors
    if (error.retryAfter !== undefined) problem.retryAfter = error.retryAfter
    if (error.retry !== undefined) problem.retry = error.retry
    if (error.reason !== undefined) problem.reason = error.reason
  } else if (isFastifyError(error) && error.validation !== undefined) {
    problem.errors = validationErrors(error)
  }
  return problem
}

/** Fastify's own refusals have codes; everything we do not know is a bug of ours. */
const FASTIFY_CODES = new Map<unknown, ProblemCode>([
  ['FST_ERR_VALIDATION', 'invalid_request'],
  ['FST_ERR_CTP_INVALID_JSON_BODY', 'invalid_request'],
  ['FST_ERR_CTP_EMPTY_JSON_BODY', 'invalid_request'],
  ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', 'invalid_request'],
  ['FST_ERR_BAD_URL', 'not_found'],
  ['FST_ERR_MAX_PARAM_LENGTH', 'not_found'],
  ['FST_ERR_CTP_BODY_TOO_LARGE', 'payload_too_large'],
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'unsupported_media_type'],
  ['FST_ERR_CTP_INVALID_TYPE', 'unsupported_media_type'],
])

function codeOf(error: unknown): ProblemCode {
  if (error instanceof ServiceError || error instanceof HttpProblem) return error.code
  if (!isFastifyError(error)) return 'internal_error'
  const known = FASTIFY_CODES.get(error.code)
  if (known !== undefined) return known
  // The JSON parser's own refusals (a syntax error, __proto__) come with a status and no code.
  return error instanceof SyntaxError && error.statusCode === 400
    ? 'invalid_request'
    : 'internal_error'
}

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && ('code' in error || 'statusCode' in error)
}

/** Ajv's findings in our words: its own quote the schema, never the value, but read like a stack. */
function validationErrors({
  validation = [],
  validationContext,
}: FastifyError): NonNullable<Problem['errors']> {
  if (validationContext === 'headers') {
    return validation.map(({ instancePath, message }) => ({
      pointer: '',
      detail: `The header ${instancePath.slice(1)} ${message ?? 'is not valid'}.`,
    }))
  }
  return validation.map(({ instancePath, keyword, params, message }) => {
    if (keyword === 'additionalProperties') {
      return {
        pointer: instancePath,
        detail: 'Remove the fields that are not part of the request.',
      }
    }
    if (keyword === 'required') {
      const name = String(params['missingProperty'])
      return { pointer: `${instancePath}/${name}`, detail: 'This field is required.' }
    }
    return { pointer: instancePath, detail: `The value ${message ?? 'is not valid'}.` }
  })
}

function logFailure(
  error: unknown,
  problem: Problem,
  request: FastifyRequest,
  { raw }: FastifyReply,
): void {
  const { code } = problem
  const operation = operationOf(request)
  // Calls are given up when the client leaves: no upstream was late.
  if (raw.destroyed && code === 'upstream_timeout') return
  if (error instanceof ServiceError && error.upstream !== undefined) {
    request.log.warn({ operation, code, upstream: error.upstream }, 'upstream failed')
  } else if (problem.status === 500) {
    request.log.error({ operation, code, err: error }, 'internal error')
  }
}

/** Refuses what no route takes, before a body is read: 405 where another method would do, else 404. */
export function refuseUnknownRoutes(app: FastifyInstance): void {
  const methodsByPath = new Map<string, Set<string>>()
  app.addHook('onRoute', ({ url, method }) => {
    const methods = methodsByPath.get(url) ?? new Set()
    for (const one of [method].flat()) methods.add(one)
    methodsByPath.set(url, methods)
  })
  app.addHook('onRequest', async (request) => {
    if (!request.is404) return
    const [path = ''] = request.url.split('?')
    const methods = [...methodsByPath].flatMap(([url, those]) =>
      isOf(path, url) ? [...those] : [],
    )
    if (methods.length === 0) throw new HttpProblem('not_found')
    throw new HttpProblem('method_not_allowed', { allow: [...new Set(methods)].join(', ') })
  })
}

/** Whether a route's URL, which may have parameters, stands for the path. */
function isOf(path: string, url: string): boolean {
  const parts = path.split('/')
  const wanted = url.split('/')
  return (
    parts.length === wanted.length &&
    wanted.every((part, index) =>
      part.startsWith(':') ? parts[index] !== '' : part === parts[index],
    )
  )
}
