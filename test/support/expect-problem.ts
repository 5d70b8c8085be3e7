import type { LightMyRequestResponse } from 'fastify'
import type { Test } from 'tap'
import { PROBLEMS, type ProblemCode } from '../../src/http/problems.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** Checks all of a problem answer; `more` are the fields beyond those that every problem has. */
export function expectProblem(
  t: Test,
  response: Pick<LightMyRequestResponse, 'statusCode' | 'headers' | 'body'>,
  code: ProblemCode,
  { more = {}, label = code }: { more?: object; label?: string } = {},
): void {
  const { status, title, detail } = PROBLEMS[code]
  const requestId = String(response.headers['x-request-id'])
  t.match(requestId, UUID, `${label}: request id`)
  t.equal(response.statusCode, status, `${label}: status`)
  t.equal(response.headers['content-type'], 'application/problem+json; charset=utf-8', label)
  t.equal(response.headers['cache-control'], 'no-store', label)
  t.strictSame(
    JSON.parse(response.body),
    {
      type: `urn:cognito-authsignal-bff:problem:${code}`,
      title,
      status,
      detail,
      instance: `urn:uuid:${requestId}`,
      code,
      requestId,
      ...more,
    },
    label,
  )
}
