import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { sendError, sendResult } from './answers.ts'
import { AwsError } from './errors.ts'
import { needsSignature, requireSignature } from './signed.ts'

export type Operation = (body: unknown) => Promise<object>

const TARGET = 'AWSCognitoIdentityProviderService.'

/** What a request asks for; undefined when it does not speak this protocol. */
export function operationOf(request: FastifyRequest): string | undefined {
  const target = request.headers['x-amz-target']
  return typeof target === 'string' && target.startsWith(TARGET)
    ? target.slice(TARGET.length)
    : undefined
}

/** AWS JSON 1.1: the target header alone decides; path and host do not matter. */
export function dispatch(
  app: FastifyInstance,
  operations: Record<string, Operation>,
  /** @throws AwsError when there were too many calls already */
  admit: (operation: string, body: unknown) => void,
  onLog: (line: string) => void,
): void {
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('x-amzn-requestid', randomUUID())
  })

  app.post('/*', async (request, reply) => {
    const name = operationOf(request)
    if (name === undefined || !Object.hasOwn(operations, name)) {
      throw new AwsError('UnknownOperationException', `Unknown operation ${name ?? ''}`.trim())
    }
    if (needsSignature(name)) requireSignature(request.headers.authorization)
    admit(name, request.body)
    const result = await operations[name]?.(request.body)
    return sendResult(reply, result ?? {})
  })

  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof AwsError) return sendError(reply, error)
    onLog(`internal error: ${error instanceof Error ? error.stack : String(error)}`)
    return sendError(reply, new AwsError('InternalErrorException', 'Internal server error'))
  })
}
