import type { FastifyReply } from 'fastify'
import type { Fault } from '../../support/faults.ts'
import { AwsError, statusOf } from './errors.ts'

export const AWS_JSON = 'application/x-amz-json-1.1'

export function sendResult(reply: FastifyReply, result: object): FastifyReply {
  return reply
    .code(200)
    .header('content-type', AWS_JSON)
    .send(bytes(JSON.stringify(result)))
}

export function sendError(reply: FastifyReply, error: AwsError): FastifyReply {
  return reply
    .code(error.status)
    .headers({ 'content-type': AWS_JSON, ...errorHeaders(error.name, error.message) })
    .send(bytes(errorBody(error.name, error.message)))
}

/** A fault that answers as Cognito itself would have: throttled, out of order, blocked. */
export function awsFault(name: string, message: string, status = statusOf(name)): Fault {
  return {
    kind: 'answer',
    status,
    body: errorBody(name, message),
    contentType: AWS_JSON,
    headers: errorHeaders(name, message),
  }
}

// Fastify appends a charset to the content type of texts; the service sends none.
const bytes = (body: string): Buffer => Buffer.from(body)

// Bare name in the body, name with a trailing colon in the header: captured in
// aws/aws-sdk-cpp#1789 and amazon-archives/amazon-cognito-identity-js#167.
function errorBody(name: string, message: string): string {
  return JSON.stringify({ __type: name, message })
}

function errorHeaders(name: string, message: string): Record<string, string> {
  return {
    'x-amzn-errortype': `${name}:`,
    // Trigger authors may throw any text; a header may not carry it all.
    'x-amzn-errormessage': message.replaceAll(/[^\x20-\x7e]/g, '?'),
  }
}
