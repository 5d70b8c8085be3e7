import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { TokenUseCases } from '../tokens/tokens.ts'
import { bearerToken } from './bearer.ts'
import { answer, noContent, problemResponses } from './openapi.ts'
import { TOKENS_EXAMPLE } from './sign-in-routes.ts'
import type { ProblemCode } from './problems.ts'

const RefreshTokenRequest = Type.Object(
  {
    refreshToken: Type.String({
      minLength: 1,
      maxLength: 8192,
      // Cognito's own pattern (SDK model: TokenModelType).
      pattern: '^[A-Za-z0-9_=.-]+$',
      examples: [TOKENS_EXAMPLE.refreshToken],
    }),
  },
  { $id: 'RefreshTokenRequest', additionalProperties: false },
)

export const TOKEN_SCHEMAS = [RefreshTokenRequest]

const UPSTREAM: ProblemCode[] = ['upstream_error', 'upstream_unavailable', 'upstream_timeout']
type RefreshTokenBody = { Body: Type.Static<typeof RefreshTokenRequest> }

/** Renewing and ending what a sign-in gave. */
export const tokenRoutes: FastifyPluginAsyncTypebox<TokenUseCases> = async (app, useCases) => {
  app.post<RefreshTokenBody>(
    '/refresh',
    {
      config: { priority: 'refresh' },
      schema: {
        operationId: 'refreshTokens',
        tags: ['Tokens'],
        summary: 'Renew the tokens',
        description:
          'Where rotation is on, the refresh token changes too: keep the one of the answer. Calls with ' +
          'the same token within ten seconds get the same answer.',
        body: { $ref: 'RefreshTokenRequest#' },
        response: {
          200: answer('New tokens.', 'Tokens', TOKENS_EXAMPLE),
          ...problemResponses(['invalid_request', 'invalid_token', ...UPSTREAM]),
        },
      },
    },
    async ({ body }) => ({
      ...(await useCases.refreshTokens(body.refreshToken)),
      tokenType: 'Bearer',
    }),
  )

  app.post<RefreshTokenBody>(
    '/sign-out',
    {
      config: { priority: 'refresh' },
      schema: {
        operationId: 'signOut',
        tags: ['Tokens'],
        summary: 'Sign out on this device',
        description:
          'Ends the refresh token and what came from it; succeeds also when it is over already. Access ' +
          'tokens stay readable until they expire wherever they are checked offline.',
        body: { $ref: 'RefreshTokenRequest#' },
        response: {
          204: noContent('Signed out.'),
          ...problemResponses(['invalid_request', 'invalid_token', ...UPSTREAM]),
        },
      },
    },
    async ({ body }, reply) => {
      await useCases.signOut(body.refreshToken)
      return reply.code(204).send()
    },
  )

  app.post(
    '/sign-out-everywhere',
    {
      config: { priority: 'refresh' },
      schema: {
        operationId: 'signOutEverywhere',
        tags: ['Tokens'],
        summary: 'Sign out on every device',
        description: 'Ends every refresh token of the user.',
        security: [{ bearer: [] }],
        response: {
          204: noContent('Signed out everywhere.'),
          ...problemResponses(['invalid_request', 'invalid_token', ...UPSTREAM]),
        },
      },
    },
    async (request, reply) => {
      await useCases.signOutEverywhere(bearerToken(request))
      return reply.code(204).send()
    },
  )
}
