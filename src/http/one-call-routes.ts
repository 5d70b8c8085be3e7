import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { IdTokenSignInInput } from '../sign-in/id-token-sign-in.ts'
import type { PasskeySignInInput } from '../sign-in/passkey-sign-in.ts'
import type { Tokens } from '../sign-in/ports.ts'
import { connectionOf } from './connection.ts'
import { answer, problemResponses } from './openapi.ts'
import type { ProblemCode } from './problems.ts'
import { TOKENS_EXAMPLE } from './sign-in-routes.ts'

export interface OneCallUseCases {
  signInWithPasskey: (input: PasskeySignInInput) => Promise<Tokens>
  signInWithIdToken: (input: IdTokenSignInInput) => Promise<Tokens>
}

const PasskeySignInRequest = Type.Object(
  {
    token: Type.String({
      minLength: 1,
      maxLength: 8192,
      description: 'The validation token that passkey.signIn({action}) of the Authsignal SDK gave.',
      examples: [TOKENS_EXAMPLE.accessToken],
    }),
    username: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 128,
        pattern: '^\\S+$',
        description:
          'What the SDK answered beside the token. Only needed for users whom Authsignal has no username of; never enough to be them.',
        examples: ['ada'],
      }),
    ),
  },
  { $id: 'PasskeySignInRequest', additionalProperties: false },
)

const IdTokenSignInRequest = Type.Object(
  {
    idToken: Type.String({
      minLength: 1,
      maxLength: 8192,
      pattern: '^[\\w-]+\\.[\\w-]+\\.[\\w-]+$',
      description: 'The ID token that Apple or Google gave the app (a JWT, RFC 7519).',
      examples: [TOKENS_EXAMPLE.idToken],
    }),
    nonce: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 256,
        description:
          'The random value whose SHA-256, in hex, the app asked for the token with. Required unless the operator has set ID_TOKEN_NONCE=optional.',
        examples: ['n-0S6_WzA2Mj'],
      }),
    ),
  },
  { $id: 'IdTokenSignInRequest', additionalProperties: false },
)

export const ONE_CALL_SCHEMAS = [PasskeySignInRequest, IdTokenSignInRequest]

const FAILURES: ProblemCode[] = [
  'invalid_request',
  'challenge_failed',
  'sign_in_blocked',
  'upstream_error',
  'upstream_unavailable',
  'upstream_timeout',
]
const EXAMPLES = {
  challenge_failed: { reason: 'refused' },
  upstream_unavailable: { retryAfter: 5 },
}

/** Sign-ins whose proof is there before they begin, so that one call does. */
export const oneCallRoutes: FastifyPluginAsyncTypebox<OneCallUseCases> = async (app, useCases) => {
  app.post<{ Body: Type.Static<typeof PasskeySignInRequest> }>(
    '/passkey-sign-in',
    {
      schema: {
        operationId: 'signInWithPasskey',
        tags: ['SignIn'],
        summary: 'Sign in with a passkey, without typing anything',
        description:
          'The passkey has told Authsignal who its user is; the token says so. Each token is good for one call.',
        body: { $ref: 'PasskeySignInRequest#' },
        response: {
          200: answer('The user is signed in.', 'Tokens', TOKENS_EXAMPLE),
          ...problemResponses(FAILURES, EXAMPLES),
        },
      },
    },
    async (request) => ({
      ...(await useCases.signInWithPasskey({ ...request.body, ...connectionOf(request) })),
      tokenType: 'Bearer',
    }),
  )

  app.post<{ Body: Type.Static<typeof IdTokenSignInRequest> }>(
    '/id-token-sign-in',
    {
      config: { priority: 'start' },
      schema: {
        operationId: 'signInWithIdToken',
        tags: ['SignIn'],
        summary: 'Sign in with Apple or Google',
        description:
          'Creates the user if missing. An account that was made before, but whose address nobody has proven yet, is not entered: sign in by email once. Each token is good for one call.',
        body: { $ref: 'IdTokenSignInRequest#' },
        response: {
          200: answer('The user is signed in.', 'Tokens', TOKENS_EXAMPLE),
          ...problemResponses(FAILURES, EXAMPLES),
        },
      },
    },
    async (request) => ({
      ...(await useCases.signInWithIdToken({ ...request.body, ...connectionOf(request) })),
      tokenType: 'Bearer',
    }),
  )
}
