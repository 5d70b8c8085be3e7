import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'
import { invalidRequest } from '../api-error.ts'
import type { Backend } from '../backend.ts'
import { decide } from '../decision.ts'
import { Custom, Email, PhoneNumber, read, readActionCode } from '../input.ts'
import { allowedMethods, usableMethods } from '../methods.ts'
import { actionKey, isUndecided, newAction, type Action } from '../store/action.ts'
import { enrolledMethods, isEnrolled } from '../store/authenticator.ts'
import type { UserRecord } from '../store/user.ts'
import { DEFAULT_SCOPE, SCOPES } from '../tokens.ts'

const TrackBody = Type.Object({
  idempotencyKey: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
  redirectUrl: Type.Optional(Type.String({ minLength: 1 })),
  redirectToSettings: Type.Optional(Type.Boolean()),
  ipAddress: Type.Optional(Type.String()),
  userAgent: Type.Optional(Type.String()),
  deviceId: Type.Optional(Type.String()),
  scope: Type.Optional(Type.String()),
  email: Type.Optional(Email),
  phoneNumber: Type.Optional(PhoneNumber),
  username: Type.Optional(Type.String()),
  locale: Type.Optional(Type.String()),
  custom: Type.Optional(Custom),
})
type TrackBody = Static<typeof TrackBody>

interface TrackRoute {
  Params: { userId: string; action: string }
}

export function trackRoute(app: FastifyInstance, backend: Backend): void {
  app.post<TrackRoute>('/users/:userId/actions/:action', async (request) => {
    const actionCode = readActionCode(request.params.action)
    const body = read(TrackBody, request.body ?? {})
    const scope = readScope(body.scope)

    const user = backend.users.ensure(request.params.userId, backend.now())
    fillIn(user, body)
    const action = joinOrCreate(backend, user, actionCode, body)
    if (isUndecided(action)) decide(backend, user, action)
    return answer(backend, user, action, scope)
  })
}

/** Unknown scopes are refused here, so that a typing error shows; [unconfirmed]. */
function readScope(scope = DEFAULT_SCOPE): string {
  const unknown = scope.split(' ').find((word) => !SCOPES.some((known) => known === word))
  if (unknown !== undefined) throw invalidRequest(`Unknown scope: ${unknown}`)
  return scope
}

/** Whether track overwrites what the user already has is [unconfirmed]; here it does not. */
function fillIn({ attributes }: UserRecord, { email, phoneNumber, username }: TrackBody): void {
  if (email !== undefined) attributes.email ??= email
  if (phoneNumber !== undefined) attributes.phoneNumber ??= phoneNumber
  if (username !== undefined) attributes.username ??= username
}

/** A repeated key joins the action, as documented for `/challenge`; for track [unconfirmed]. */
function joinOrCreate(
  { now }: Backend,
  user: UserRecord,
  actionCode: string,
  { idempotencyKey = randomUUID(), scope: _scope, ...tracked }: TrackBody,
): Action {
  const key = actionKey(actionCode, idempotencyKey)
  const known = user.actions.get(key)
  if (known) {
    known.tracked = { ...known.tracked, ...tracked }
    known.updatedAt = now()
    return known
  }
  const action = newAction(user, { actionCode, idempotencyKey }, tracked, now())
  user.actions.set(key, action)
  return action
}

async function answer(
  { tokens, publicOrigin }: Backend,
  user: UserRecord,
  action: Action,
  scope: string,
): Promise<object> {
  const token = await tokens.issue(action, { scope, username: user.attributes.username })
  return {
    state: action.state,
    // The page comes with a query already: the browser SDK appends `&mode=popup` to it.
    url: `${publicOrigin()}/challenge?token=${token}`,
    token,
    idempotencyKey: action.idempotencyKey,
    isEnrolled: isEnrolled(user),
    enrolledVerificationMethods: enrolledMethods(user),
    allowedVerificationMethods: allowedMethods(action),
    defaultVerificationMethod: usableMethods(user, action)[0],
    ruleIds: action.rules.map((rule) => rule.ruleId),
  }
}
