import { Type, type Static } from 'typebox'

export const Retry = Type.Object(
  {
    session: Type.String({ description: 'Takes the place of the session that was just refused.' }),
    token: Type.Optional(Type.String({ description: 'Token for the Authsignal SDK.' })),
    url: Type.Optional(Type.String({ description: 'Pre-built challenge page.' })),
    expiresIn: Type.Integer({ description: 'Seconds within which finish can succeed.' }),
  },
  { $id: 'Retry', description: 'A fresh try after a wrong answer.' },
)

const FieldError = Type.Object(
  {
    pointer: Type.String({
      description: 'JSON Pointer to the wrong part of the body; empty for the body as a whole.',
    }),
    detail: Type.String({ description: 'What to send instead.' }),
  },
  { $id: 'FieldError' },
)

/** Every error answer (RFC 9457). A field missing here would silently be dropped from the answer. */
export const Problem = Type.Object(
  {
    type: Type.String({ description: 'URI that names the kind of problem.' }),
    title: Type.String({ description: 'The kind of problem in words.' }),
    status: Type.Integer({ description: 'The HTTP status.' }),
    detail: Type.String({ description: 'What to do next.' }),
    instance: Type.String({ description: 'URI that names this occurrence.' }),
    code: Type.String({
      description: 'Stable name of the kind of problem. New ones may be added.',
    }),
    requestId: Type.String({
      description: 'Also in the x-request-id header; quote it in reports.',
    }),
    errors: Type.Optional(Type.Array(Type.Ref('FieldError#'))),
    retryAfter: Type.Optional(
      Type.Integer({ description: 'Seconds to wait before trying again; also in Retry-After.' }),
    ),
    reason: Type.Optional(
      Type.String({
        description:
          'Why a proof was refused. `unfinished`: the challenge was left before its end. `refused`: ' +
          'it was failed, or the proof is not of this attempt. More may come.',
      }),
    ),
    retry: Type.Optional(Type.Ref('Retry#')),
  },
  { $id: 'Problem', description: 'An error (RFC 9457).' },
)
export type Problem = Static<typeof Problem>

/** In the order of dependency. */
export const PROBLEM_SCHEMAS = [FieldError, Retry, Problem]
