import type { FastifyRequest, FastifySchema } from 'fastify'
import type { ProblemCode } from './problems.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What the request was refused with. */
    problemCode?: ProblemCode
  }
}

/** The request's `operationId` in the API description; undefined where there is no such operation. */
export function operationOf({ is404, routeOptions }: FastifyRequest): string | undefined {
  return is404 ? undefined : operationIn(routeOptions.schema)
}

export function operationIn(schema: FastifySchema | undefined): string | undefined {
  return schema !== undefined && 'operationId' in schema && typeof schema.operationId === 'string'
    ? schema.operationId
    : undefined
}
