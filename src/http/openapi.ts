import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import { PROBLEMS, type ProblemCode } from './problems.ts'

export type OpenApiVersion = '3.1.0' | '3.0.3'

/** Options of @fastify/swagger. The 3.0.3 document is for generators that need it. */
export function openApiOptions(
  openapi: OpenApiVersion,
  version: string,
): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi,
      info: {
        title: 'cognito-authsignal-bff',
        version,
        description:
          'Passwordless sign-in in two calls. Start a sign-in, let the Authsignal SDK or its ' +
          'pre-built page challenge the user, and finish with the validation token it gives you.',
        license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
      },
      servers: [{ url: '/' }],
      tags: [
        { name: 'SignIn', description: 'Signing in.' },
        { name: 'Tokens', description: 'Renewing and ending what a sign-in gave.' },
        { name: 'Account', description: "The signed-in user's profile." },
        { name: 'Authenticators', description: "The signed-in user's ways in." },
        { name: 'StepUp', description: 'Proving once more who one is, before what matters.' },
      ],
      components: {
        securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      },
    },
    // Without this, components are called def-0, def-1 and so on.
    refResolver: {
      buildLocalReference: (json, _baseUri, _fragment, i) =>
        typeof json['$id'] === 'string' ? json['$id'] : `schema${i}`,
    },
  }
}

/** Problem answers of one operation, one entry per status, each naming its codes. */
export function problemResponses(
  codes: readonly ProblemCode[],
  examples: Partial<Record<ProblemCode, object>> = {},
): Record<number, object> {
  const everywhere: ProblemCode[] = [
    'payload_too_large',
    'unsupported_media_type',
    'too_many_requests',
    'internal_error',
  ]
  const byStatus = new Map<number, ProblemCode[]>()
  for (const code of [...codes, ...everywhere]) {
    const { status } = PROBLEMS[code]
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  return Object.fromEntries(
    [...byStatus].map(([status, those]) => [
      status,
      {
        description: those.map((code) => `\`${code}\`: ${PROBLEMS[code].title}.`).join(' '),
        ...headersOf(status),
        content: {
          'application/problem+json': {
            schema: { $ref: 'Problem#' },
            examples: Object.fromEntries(
              those.map((code) => [code, { value: exampleOf(code, examples[code]) }]),
            ),
          },
        },
      },
    ]),
  )
}

/** The same for an operation whose requests have no body that could be wrong. */
export function withoutBody(responses: Record<number, object>): Record<number, object> {
  const { 413: _tooLarge, 415: _unsupported, ...rest } = responses
  return rest
}

/** Source: draft-ietf-httpapi-ratelimit-headers. Of client addresses only. */
const RATE_LIMIT_HEADERS = {
  'RateLimit-Policy': {
    type: 'string',
    description: 'The limits of a client address: `"ip";q=600;w=60` is 600 requests in 60 seconds.',
  },
  RateLimit: {
    type: 'string',
    description:
      'What is left of them, and after how many seconds all is: `"ip";r=599;t=1`. On every answer; not where no limit is set.',
  },
}
const RETRY_AFTER = {
  'Retry-After': { type: 'integer', description: 'Seconds to wait before trying again.' },
}

function headersOf(status: number): { headers?: object } {
  if (status === 429) return { headers: { ...RETRY_AFTER, ...RATE_LIMIT_HEADERS } }
  return status === 503 ? { headers: RETRY_AFTER } : {}
}

const EXAMPLE_ID = '5f0c2c5e-2a51-4d0b-9a6b-3c1c3f6f1a52'

function exampleOf(code: ProblemCode, more: object = {}): object {
  const { status, title, detail } = PROBLEMS[code]
  return {
    type: `urn:cognito-authsignal-bff:problem:${code}`,
    title,
    status,
    detail,
    instance: `urn:uuid:${EXAMPLE_ID}`,
    code,
    requestId: EXAMPLE_ID,
    ...more,
  }
}

/** A successful answer: a named schema with an example. */
export function answer(description: string, name: string, example: object): object {
  return {
    description,
    headers: RATE_LIMIT_HEADERS,
    content: {
      'application/json': {
        schema: { $ref: `${name}#` },
        examples: { example: { value: example } },
      },
    },
  }
}

/** A successful answer without a body. */
export function noContent(description: string): object {
  return { description, headers: RATE_LIMIT_HEADERS, type: 'null' }
}
