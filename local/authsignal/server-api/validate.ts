import type { FastifyInstance, FastifyReply } from 'fastify'
import { Type, type Static } from 'typebox'
import { ApiError, invalidRequest, sendError, unauthorized } from '../api-error.ts'
import type { Backend } from '../backend.ts'
import { read } from '../input.ts'
import type { Action } from '../store/action.ts'

const ValidateBody = Type.Object({
  token: Type.String(),
  userId: Type.Optional(Type.String()),
  action: Type.Optional(Type.String()),
})
type ValidateBody = Static<typeof ValidateBody>

/** May be repeated: nothing is used up (no evidence of single use; Cognito re-runs triggers). */
export function validateRoute(app: FastifyInstance, backend: Backend): void {
  app.post('/validate', async (request, reply) => {
    const body = read(ValidateBody, request.body)
    try {
      return describe(await readAction(backend, body))
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      return refuse(backend, reply, error)
    }
  })
}

async function readAction(backend: Backend, body: ValidateBody): Promise<Action> {
  const { userId, actionCode, idempotencyKey } = await backend.tokens.read(body.token)
  if (body.userId !== undefined && body.userId !== userId) {
    throw invalidRequest('The token belongs to another user.')
  }
  if (body.action !== undefined && body.action !== actionCode) {
    throw invalidRequest('The token belongs to another action.')
  }
  const action = backend.users.action(userId, actionCode, idempotencyKey)
  if (!action) throw unauthorized('The user of this token no longer exists.')
  return action
}

/**
 * The state asked for is the action's, so any live token of a succeeded action passes, the one
 * from track too. `isValid: false` for ALLOW is [inferred] from the adaptive-MFA guide.
 */
function describe(action: Action): object {
  const { state, stateUpdatedAt, userId, actionCode, idempotencyKey, verificationMethod } = action
  const isValid = state === 'CHALLENGE_SUCCEEDED'
  return {
    isValid,
    state,
    stateUpdatedAt,
    userId,
    actionCode,
    idempotencyKey,
    verificationMethod,
  }
}

/** Which of the two the real service does is [unconfirmed]; callers must cope with both. */
function refuse(backend: Backend, reply: FastifyReply, error: ApiError): object {
  if (backend.validateRefusal === '4xx') return sendError(reply, error)
  return { isValid: false, error: error.message }
}
