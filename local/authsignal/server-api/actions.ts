import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { invalidRequest, notFound } from '../api-error.ts'
import type { Backend } from '../backend.ts'
import { read } from '../input.ts'
import { ACTION_STATES, moveTo, type Action } from '../store/action.ts'

const UpdateActionBody = Type.Object({ state: Type.Enum([...ACTION_STATES]) })
const ListActionsQuery = Type.Object({
  fromDate: Type.Optional(Type.String()),
  codes: Type.Optional(Type.String()),
  state: Type.Optional(Type.Enum([...ACTION_STATES])),
})

interface ActionRoute {
  Params: { userId: string; action: string; idempotencyKey: string }
}

const ACTION_PATH = '/users/:userId/actions/:action/:idempotencyKey'

export function actionRoutes(app: FastifyInstance, { users, now }: Backend): void {
  const find = ({ userId, action, idempotencyKey }: ActionRoute['Params']): Action => {
    const found = users.action(userId, action, idempotencyKey)
    if (!found) throw notFound('The user has no such action.')
    return found
  }

  app.get<ActionRoute>(ACTION_PATH, (request) => {
    const { state, stateUpdatedAt, createdAt, verificationMethod, rules } = find(request.params)
    return { state, stateUpdatedAt, createdAt, verificationMethod, rules }
  })

  app.patch<ActionRoute>(ACTION_PATH, (request) => {
    const { state } = read(UpdateActionBody, request.body)
    moveTo(find(request.params), state, now())
    return { state }
  })

  app.get<{ Params: { userId: string } }>('/users/:userId/actions', (request) => {
    const { fromDate, codes, state } = read(ListActionsQuery, request.query)
    const from = fromDate === undefined ? -Infinity : Date.parse(fromDate)
    if (Number.isNaN(from)) throw invalidRequest('fromDate is not a date.')
    const actions = users.get(request.params.userId)?.actions.values() ?? []
    return [...actions]
      .filter((a) => Date.parse(a.createdAt) >= from)
      .filter((a) => codes === undefined || codes.split(',').includes(a.actionCode))
      .filter((a) => state === undefined || a.state === state)
      .map(listed)
  })
}

function listed(action: Action): object {
  const { actionCode, idempotencyKey, createdAt, updatedAt, state, stateUpdatedAt } = action
  const { verificationMethod, verifiedByAuthenticatorId } = action
  return {
    actionCode,
    idempotencyKey,
    createdAt,
    updatedAt,
    state,
    stateUpdatedAt,
    verificationMethod,
    verifiedByAuthenticatorId,
  }
}
