import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { FinishSignInInput } from '../sign-in/finish-sign-in.ts'
import type { StartedSignIn, Tokens as SignInTokens } from '../sign-in/ports.ts'
import type { StartOnceInput } from '../sign-in/start-once.ts'
import { connectionOf } from './connection.ts'
import { redirectUrl, validationToken } from './fields.ts'
import { answer, problemResponses } from './openapi.ts'

/** What the routes need: the use cases, already given what they need. */
export interface SignInUseCases {
  startSignIn: (input: StartOnceInput) => Promise<StartedSignIn>
  finishSignIn: (input: FinishSignInInput) => Promise<SignInTokens>
}

const StartSignInRequest = Type.Object(
  {
    email: Type.Optional(Type.String({ maxLength: 320, examples: ['ada@example.com'] })),
    phoneNumber: Type.Optional(
      Type.String({ maxLength: 32, description: 'E.164.', examples: ['+6421234567'] }),
    ),
    username: Type.Optional(Type.String({ maxLength: 256, examples: ['ada'] })),
    redirectUrl: redirectUrl(
      'Where the pre-built page returns to; must be on the allow list. Reaches it where the triggers ask for the context (CONTEXT_ROUND); else their own REDIRECT_URL holds.',
    ),
    locale: Type.Optional(
      Type.String({
        maxLength: 35,
        pattern: '^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$',
        description: 'Language of messages and pages (BCP 47).',
        examples: ['en-NZ'],
      }),
    ),
    deviceId: Type.Optional(
      Type.String({
        maxLength: 128,
        pattern: '^[A-Za-z0-9._:-]+$',
        description: "The Authsignal SDK's id of this device.",
        examples: ['0f8fad5b-d9cb-469f-a165-70867728950e'],
      }),
    ),
  },
  {
    $id: 'StartSignInRequest',
    additionalProperties: false,
    description: 'Exactly one of email, phoneNumber and username.',
  },
)

/** Source: draft-ietf-httpapi-idempotency-key-header. */
const StartSignInHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      minLength: 16,
      maxLength: 128,
      pattern: '^[!-~]+$',
      description:
        'A new random text, such as a UUID, for each submission of a form; the same one when that is sent again. The start is then made once, and its answer given each time, until the session expires. Whoever knows the key and the request shares the sign-in.',
    }),
  ),
})

const StartedSignInAnswer = Type.Object(
  {
    session: Type.String({ description: 'Opaque; send it back to finish the sign-in.' }),
    token: Type.Optional(Type.String({ description: 'Token for the Authsignal SDK.' })),
    url: Type.Optional(Type.String({ description: 'Pre-built challenge page.' })),
    expiresIn: Type.Integer({ description: 'Seconds within which finish can succeed.' }),
  },
  { $id: 'StartedSignIn' },
)

const FinishSignInRequest = Type.Object(
  {
    session: Type.String({ minLength: 1, maxLength: 8192 }),
    token: validationToken('The validation token that the Authsignal SDK or page gave.'),
  },
  { $id: 'FinishSignInRequest', additionalProperties: false },
)

const Tokens = Type.Object(
  {
    accessToken: Type.String(),
    idToken: Type.String(),
    refreshToken: Type.String(),
    tokenType: Type.String({ description: 'Always Bearer.' }),
    expiresIn: Type.Integer({ description: 'Seconds until access and id token expire.' }),
  },
  { $id: 'Tokens' },
)

/** Named, so that generated clients have names for them. */
export const SIGN_IN_SCHEMAS = [
  StartSignInRequest,
  StartedSignInAnswer,
  FinishSignInRequest,
  Tokens,
]

const SESSION = 's1.7Qmn0w3sYb1kq2c4…'
const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIuLi4ifQ.c2lnbmF0dXJl'
export const PAGE_EXAMPLE = `https://mfa.authsignal.com/challenge?token=${TOKEN}`
export const TOKENS_EXAMPLE = {
  accessToken: TOKEN,
  idToken: TOKEN,
  refreshToken: 'eyJjdHkiOiJKV1QifQ.a2V5.aXY.Y2lwaGVydGV4dA.dGFn',
  tokenType: 'Bearer',
  expiresIn: 3600,
}
const STARTED = { session: SESSION, token: TOKEN, url: PAGE_EXAMPLE, expiresIn: 180 }

/** The two calls. Handlers only hand over; what is decided is decided in sign-in/. */
export const signInRoutes: FastifyPluginAsyncTypebox<SignInUseCases> = async (app, useCases) => {
  app.post<{
    Body: Type.Static<typeof StartSignInRequest>
    Headers: Type.Static<typeof StartSignInHeaders>
  }>(
    '/start-sign-in',
    {
      config: { priority: 'start' },
      schema: {
        operationId: 'startSignIn',
        tags: ['SignIn'],
        summary: 'Start a sign-in',
        description:
          'Creates the user if missing and begins a challenge. Unknown and known users get the same answer.',
        headers: StartSignInHeaders,
        body: { $ref: 'StartSignInRequest#' },
        response: {
          200: answer('The challenge to take.', 'StartedSignIn', STARTED),
          ...problemResponses(
            [
              'invalid_request',
              'sign_in_blocked',
              'redirect_url_not_allowed',
              'idempotency_key_reused',
              'upstream_error',
              'upstream_unavailable',
              'upstream_timeout',
            ],
            {
              invalid_request: {
                errors: [
                  {
                    pointer: '/phoneNumber',
                    detail: 'Send the number with its country code, like +6421234567.',
                  },
                ],
              },
              upstream_unavailable: { retryAfter: 5 },
            },
          ),
        },
      },
    },
    (request) => {
      const { 'idempotency-key': idempotencyKey } = request.headers
      return useCases.startSignIn({
        ...request.body,
        ...connectionOf(request),
        ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      })
    },
  )

  app.post<{ Body: Type.Static<typeof FinishSignInRequest> }>(
    '/finish-sign-in',
    {
      schema: {
        operationId: 'finishSignIn',
        tags: ['SignIn'],
        summary: 'Finish a sign-in',
        description:
          'Trades the session and the validation token for tokens. A session is good for one call.',
        body: { $ref: 'FinishSignInRequest#' },
        response: {
          200: answer('The user is signed in.', 'Tokens', TOKENS_EXAMPLE),
          ...problemResponses(
            [
              'invalid_request',
              'challenge_failed',
              'session_expired',
              'sign_in_blocked',
              'upstream_error',
              'upstream_unavailable',
              'upstream_timeout',
            ],
            {
              challenge_failed: { reason: 'unfinished', retry: STARTED },
              upstream_unavailable: { retryAfter: 5 },
            },
          ),
        },
      },
    },
    async (request) => ({
      ...(await useCases.finishSignIn({ ...request.body, ...connectionOf(request) })),
      tokenType: 'Bearer',
    }),
  )
}
