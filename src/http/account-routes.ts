import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { PROFILE_FIELDS, type ProfileField } from '../account/profile.ts'
import type { AccountUseCases } from '../account/use-cases.ts'
import { bearerToken } from './bearer.ts'
import { answer, noContent, problemResponses, withoutBody } from './openapi.ts'
import type { ProblemCode } from './problems.ts'

const USER = {
  userId: '34c84488-e0e1-70ae-d2ee-991ad1a898c8',
  email: 'ada@example.com',
  emailVerified: true,
  phoneNumber: '+6421234567',
  phoneNumberVerified: false,
}
const NAMES = { name: 'Ada Lovelace', givenName: 'Ada', locale: 'en-NZ' }

const fieldsOf = (field: (name: ProfileField) => Type.TString) =>
  Object.fromEntries(PROFILE_FIELDS.map((name) => [name, Type.Optional(field(name))]))

const Profile = Type.Object(
  {
    userId: Type.String({ description: 'The same for good; the `sub` of the tokens.' }),
    email: Type.Optional(Type.String()),
    emailVerified: Type.Optional(Type.Boolean()),
    phoneNumber: Type.Optional(Type.String({ description: 'E.164.' })),
    phoneNumberVerified: Type.Optional(Type.Boolean()),
    ...fieldsOf(() => Type.String()),
  },
  { $id: 'Profile', description: 'What is not known of the user is left out.' },
)

const UpdateProfileRequest = Type.Object(
  fieldsOf(() => Type.String({ maxLength: 2048 })),
  {
    $id: 'UpdateProfileRequest',
    additionalProperties: false,
    minProperties: 1,
    description:
      'At least one field; which may be changed is up to the operator. An empty text removes one.',
    examples: [{ name: 'Ada Lovelace', locale: 'en-NZ' }],
  },
)
type UpdateProfileBody = { Body: { [Name in ProfileField]?: string } }

export const ACCOUNT_SCHEMAS = [Profile, UpdateProfileRequest]

export const UPSTREAM: ProblemCode[] = [
  'upstream_error',
  'upstream_unavailable',
  'upstream_timeout',
]
export const SIGNED_IN = [{ bearer: [] }]

/** The signed-in user's own account. */
export const accountRoutes: FastifyPluginAsyncTypebox<AccountUseCases> = async (app, useCases) => {
  app.get(
    '/me',
    {
      schema: {
        operationId: 'getMe',
        tags: ['Account'],
        summary: 'Read the profile',
        security: SIGNED_IN,
        response: {
          200: answer('The profile.', 'Profile', { ...USER, ...NAMES }),
          ...withoutBody(problemResponses(['invalid_token', ...UPSTREAM])),
        },
      },
    },
    (request) => useCases.getMe(bearerToken(request)),
  )

  app.patch<UpdateProfileBody>(
    '/me',
    {
      schema: {
        operationId: 'updateMe',
        tags: ['Account'],
        summary: 'Change the profile',
        description:
          'Addresses are changed by enrolling and proving the new one: startAuthenticatorEnrollment.',
        security: SIGNED_IN,
        body: { $ref: 'UpdateProfileRequest#' },
        response: {
          200: answer('The profile as it now is.', 'Profile', { ...USER, ...NAMES }),
          ...problemResponses(['invalid_request', 'invalid_token', ...UPSTREAM], {
            invalid_request: {
              errors: [{ pointer: '/picture', detail: 'This field cannot be changed here.' }],
            },
          }),
        },
      },
    },
    (request) => useCases.updateMe(bearerToken(request), request.body),
  )

  app.delete(
    '/me',
    {
      schema: {
        operationId: 'deleteMe',
        tags: ['Account'],
        summary: 'Delete the account',
        description:
          'Deletes the user from Cognito and Authsignal. Needs a recent sign-in or step-up. When it ' +
          'fails half-way, repeat it: with the same token it succeeds also when all is gone.',
        security: SIGNED_IN,
        response: {
          204: noContent('The account is gone.'),
          ...problemResponses([
            'invalid_request',
            'invalid_token',
            'step_up_required',
            ...UPSTREAM,
          ]),
        },
      },
    },
    async (request, reply) => {
      await useCases.deleteMe(bearerToken(request))
      return reply.code(204).send()
    },
  )
}
