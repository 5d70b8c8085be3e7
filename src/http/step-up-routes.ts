import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { AccountUseCases } from '../account/use-cases.ts'
import { SIGNED_IN, UPSTREAM } from './account-routes.ts'
import { bearerToken } from './bearer.ts'
import { connectionOf } from './connection.ts'
import { redirectUrl, validationToken } from './fields.ts'
import { answer, problemResponses } from './openapi.ts'
import { PAGE_EXAMPLE, TOKENS_EXAMPLE } from './sign-in-routes.ts'

const Action = Type.String({
  pattern: '^[a-zA-Z0-9_-]{1,64}$',
  description:
    'The Authsignal action. `manageAuthenticators` stands for a recent sign-in where one is needed.',
  examples: ['authorizePayment'],
})

const StartStepUpRequest = Type.Object(
  {
    action: Action,
    redirectUrl: redirectUrl('Where the pre-built page returns to; must be on the allow list.'),
    custom: Type.Optional(
      Type.Object(
        {},
        {
          additionalProperties: true,
          maxProperties: 20,
          description:
            "Data points for the tenant's rules, as the client says them: texts of at most 256 characters, numbers and booleans; nothing nested.",
          examples: [{ amount: 120.5, currency: 'NZD' }],
        },
      ),
    ),
  },
  { $id: 'StartStepUpRequest', additionalProperties: false },
)

const StartedStepUp = Type.Object(
  {
    state: Type.String({
      description: '`ALLOW`: nothing to prove. `CHALLENGE_REQUIRED`: go on with token or url.',
    }),
    attempt: Type.String({
      description:
        'Names this step-up. A server that enforces it compares it with the one that finish answers.',
    }),
    token: Type.Optional(Type.String({ description: 'Token for the Authsignal SDK.' })),
    url: Type.Optional(Type.String({ description: 'Pre-built challenge page.' })),
  },
  { $id: 'StartedStepUp' },
)

const FinishStepUpRequest = Type.Object(
  {
    action: Action,
    token: validationToken(
      'The validation token that the Authsignal SDK or page gave.',
      TOKENS_EXAMPLE.accessToken,
    ),
  },
  { $id: 'FinishStepUpRequest', additionalProperties: false },
)

const FinishedStepUp = Type.Object(
  {
    state: Type.String({ description: 'Always CHALLENGE_SUCCEEDED.' }),
    verificationMethod: Type.String({ description: 'How the user proved who they are.' }),
    attempt: Type.String({ description: 'The one of start.' }),
  },
  { $id: 'FinishedStepUp' },
)

export const STEP_UP_SCHEMAS = [
  StartStepUpRequest,
  StartedStepUp,
  FinishStepUpRequest,
  FinishedStepUp,
]

const ATTEMPT = 'AZqv1Qf0b3kq2c4Yb1kq2c4Qmn0w3sYb1kq2c4Qmn0w3sYb1'

/** Proving once more who one is, before something that matters. */
export const stepUpRoutes: FastifyPluginAsyncTypebox<AccountUseCases> = async (app, useCases) => {
  app.post<{ Body: Type.Static<typeof StartStepUpRequest> }>(
    '/start-step-up',
    {
      schema: {
        operationId: 'startStepUp',
        tags: ['StepUp'],
        summary: 'Start a step-up',
        description:
          "Asks the tenant's rules whether the user has to prove who they are before this action.",
        security: SIGNED_IN,
        body: { $ref: 'StartStepUpRequest#' },
        response: {
          200: answer('What the rules say.', 'StartedStepUp', {
            state: 'CHALLENGE_REQUIRED',
            attempt: ATTEMPT,
            token: TOKENS_EXAMPLE.accessToken,
            url: PAGE_EXAMPLE,
          }),
          ...problemResponses([
            'invalid_request',
            'invalid_token',
            'challenge_failed',
            'sign_in_blocked',
            'redirect_url_not_allowed',
            ...UPSTREAM,
          ]),
        },
      },
    },
    (request) =>
      useCases.startStepUp(bearerToken(request), { ...request.body, ...connectionOf(request) }),
  )

  app.post<{ Body: Type.Static<typeof FinishStepUpRequest> }>(
    '/finish-step-up',
    {
      schema: {
        operationId: 'finishStepUp',
        tags: ['StepUp'],
        summary: 'Finish a step-up',
        description:
          'Each proof counts once, for this user, this action and this sign-in. `attempt` is that of start.',
        security: SIGNED_IN,
        body: { $ref: 'FinishStepUpRequest#' },
        response: {
          200: answer('The user has proven who they are.', 'FinishedStepUp', {
            state: 'CHALLENGE_SUCCEEDED',
            verificationMethod: 'PASSKEY',
            attempt: ATTEMPT,
          }),
          ...problemResponses(
            [
              'invalid_request',
              'invalid_token',
              'challenge_failed',
              'sign_in_blocked',
              ...UPSTREAM,
            ],
            { challenge_failed: { reason: 'unfinished' } },
          ),
        },
      },
    },
    (request) => useCases.finishStepUp(bearerToken(request), request.body),
  )
}
