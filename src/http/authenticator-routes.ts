import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { AccountUseCases } from '../account/use-cases.ts'
import { SIGNED_IN, UPSTREAM } from './account-routes.ts'
import { bearerToken } from './bearer.ts'
import { connectionOf } from './connection.ts'
import { redirectUrl, validationToken } from './fields.ts'
import { answer, noContent, problemResponses, withoutBody } from './openapi.ts'
import { PAGE_EXAMPLE, TOKENS_EXAMPLE } from './sign-in-routes.ts'

const TIME = { format: 'date-time', description: 'In UTC, to the second.' }

const Authenticator = Type.Object(
  {
    authenticatorId: Type.String(),
    verificationMethod: Type.String({
      description:
        'EMAIL_OTP, EMAIL_MAGIC_LINK, SMS, WHATSAPP, AUTHENTICATOR_APP, PASSKEY, SECURITY_KEY and so on. New ones may be added.',
    }),
    createdAt: Type.String(TIME),
    verifiedAt: Type.Optional(Type.String(TIME)),
    lastVerifiedAt: Type.Optional(Type.String(TIME)),
    email: Type.Optional(Type.String({ description: 'Masked.' })),
    phoneNumber: Type.Optional(Type.String({ description: 'Masked.' })),
    name: Type.Optional(Type.String({ description: 'What a passkey or security key is called.' })),
  },
  { $id: 'Authenticator', description: 'A way in.' },
)

const AuthenticatorList = Type.Object(
  { authenticators: Type.Array(Type.Ref('Authenticator#')) },
  { $id: 'AuthenticatorList' },
)

const StartEnrollmentRequest = Type.Object(
  {
    email: Type.Optional(
      Type.String({
        maxLength: 320,
        description: 'Filled in where the user enrols an email address.',
        examples: ['ada@example.org'],
      }),
    ),
    phoneNumber: Type.Optional(
      Type.String({ maxLength: 32, description: 'Likewise; E.164.', examples: ['+6421234567'] }),
    ),
    redirectUrl: redirectUrl('Where the pre-built page returns to; must be on the allow list.'),
  },
  {
    $id: 'StartEnrollmentRequest',
    additionalProperties: false,
    description: 'At most one of email and phoneNumber.',
  },
)

const StartedEnrollment = Type.Object(
  {
    token: Type.String({
      description: 'Token for the Authsignal SDK, with the right to enrol one more authenticator.',
    }),
    url: Type.String({ description: 'Pre-built page.' }),
  },
  { $id: 'StartedEnrollment' },
)

const FinishEnrollmentRequest = Type.Object(
  {
    token: validationToken(
      'The validation token that the Authsignal SDK or page gave.',
      TOKENS_EXAMPLE.accessToken,
    ),
  },
  { $id: 'FinishEnrollmentRequest', additionalProperties: false },
)

/** In the order of dependency. */
export const AUTHENTICATOR_SCHEMAS = [
  Authenticator,
  AuthenticatorList,
  StartEnrollmentRequest,
  StartedEnrollment,
  FinishEnrollmentRequest,
]

const AuthenticatorParams = Type.Object({
  // Part of a path at Authsignal.
  authenticatorId: Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' }),
})

const MAIL = {
  authenticatorId: '1f0c5a58-58a7-4c49-9b1f-1c5d3c0a7b11',
  verificationMethod: 'EMAIL_OTP',
  createdAt: '2026-11-22T09:30:00Z',
  verifiedAt: '2026-11-22T09:30:41Z',
  lastVerifiedAt: '2026-11-23T08:02:13Z',
  email: 'a***@example.com',
}
const PASSKEY = {
  authenticatorId: '7a4f9d7e-0f4e-4df5-8d53-20c9f3b6a1c0',
  verificationMethod: 'PASSKEY',
  createdAt: '2026-11-23T08:05:00Z',
  verifiedAt: '2026-11-23T08:05:00Z',
  name: 'iCloud Keychain',
}

/** The signed-in user's ways in. */
export const authenticatorRoutes: FastifyPluginAsyncTypebox<AccountUseCases> = async (
  app,
  useCases,
) => {
  app.get(
    '/authenticators',
    {
      schema: {
        operationId: 'listAuthenticators',
        tags: ['Authenticators'],
        summary: 'List the ways in',
        security: SIGNED_IN,
        response: {
          200: answer('The authenticators.', 'AuthenticatorList', {
            authenticators: [MAIL, PASSKEY],
          }),
          ...withoutBody(problemResponses(['invalid_token', ...UPSTREAM])),
        },
      },
    },
    (request) => useCases.listAuthenticators(bearerToken(request)),
  )

  app.post<{ Body: Type.Static<typeof StartEnrollmentRequest> }>(
    '/authenticators',
    {
      // All of its fields are optional, so none at all is a request too.
      preValidation: async (request) => {
        if (request.body === undefined) request.body = {}
      },
      schema: {
        operationId: 'startAuthenticatorEnrollment',
        tags: ['Authenticators'],
        summary: 'Start adding a way in',
        description:
          'Needs a recent sign-in or step-up. Enrol with the token, then call finishAuthenticatorEnrollment.',
        security: SIGNED_IN,
        body: { $ref: 'StartEnrollmentRequest#' },
        response: {
          200: answer('What to enrol with.', 'StartedEnrollment', {
            token: TOKENS_EXAMPLE.accessToken,
            url: PAGE_EXAMPLE,
          }),
          ...problemResponses([
            'invalid_request',
            'invalid_token',
            'step_up_required',
            'challenge_failed',
            'sign_in_blocked',
            'redirect_url_not_allowed',
            ...UPSTREAM,
          ]),
        },
      },
    },
    (request) =>
      useCases.startEnrolment(bearerToken(request), { ...request.body, ...connectionOf(request) }),
  )

  app.post<{ Body: Type.Static<typeof FinishEnrollmentRequest> }>(
    '/authenticators/verify',
    {
      schema: {
        operationId: 'finishAuthenticatorEnrollment',
        tags: ['Authenticators'],
        summary: 'Finish adding a way in',
        description:
          'A new address becomes that of the profile, verified, in place of the one before. May be repeated.',
        security: SIGNED_IN,
        body: { $ref: 'FinishEnrollmentRequest#' },
        response: {
          200: answer('The new authenticator.', 'Authenticator', MAIL),
          ...problemResponses(
            [
              'invalid_request',
              'invalid_token',
              'challenge_failed',
              'sign_in_blocked',
              'address_in_use',
              ...UPSTREAM,
            ],
            { challenge_failed: { reason: 'unfinished' } },
          ),
        },
      },
    },
    (request) => useCases.finishEnrolment(bearerToken(request), request.body.token),
  )

  app.delete<{ Params: Type.Static<typeof AuthenticatorParams> }>(
    '/authenticators/:authenticatorId',
    {
      schema: {
        operationId: 'removeAuthenticator',
        tags: ['Authenticators'],
        summary: 'Remove a way in',
        description:
          'Needs a recent sign-in or step-up. The last way in stays, and so does the last address. With ' +
          'the last authenticator of an address, the address is no longer verified in the profile.',
        security: SIGNED_IN,
        params: AuthenticatorParams,
        response: {
          204: noContent('The authenticator is gone.'),
          ...problemResponses([
            'invalid_request',
            'invalid_token',
            'step_up_required',
            'not_found',
            'last_authenticator',
            ...UPSTREAM,
          ]),
        },
      },
    },
    async (request, reply) => {
      await useCases.removeAuthenticator(bearerToken(request), request.params.authenticatorId)
      return reply.code(204).send()
    },
  )
}
