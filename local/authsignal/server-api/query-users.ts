import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'
import { invalidRequest } from '../api-error.ts'
import type { Backend } from '../backend.ts'
import { read } from '../input.ts'
import { sameAddress } from '../store/address.ts'
import { enrolledMethods, isEnrolled } from '../store/authenticator.ts'
import type { UserRecord } from '../store/user.ts'

const QueryUsers = Type.Object({
  username: Type.Optional(Type.String()),
  email: Type.Optional(Type.String()),
  phoneNumber: Type.Optional(Type.String()),
  limit: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,3}$' })),
  lastEvaluatedUserId: Type.Optional(Type.String()),
})
type QueryUsers = Static<typeof QueryUsers>

const DEFAULT_LIMIT = 100

export function queryUsersRoute(app: FastifyInstance, { users }: Backend): void {
  app.get('/users', (request) => {
    const query = read(QueryUsers, request.query)
    const { username, email, phoneNumber } = query
    if (username === undefined && email === undefined && phoneNumber === undefined) {
      throw invalidRequest('At least one of username, email and phoneNumber is required.')
    }
    const found = [...users.values()].filter((user) => isMatch(user, query))
    return page(found, query)
  })
}

function isMatch({ attributes }: UserRecord, query: QueryUsers): boolean {
  return (
    (query.username === undefined || query.username === attributes.username) &&
    (query.email === undefined || sameAddress(query.email, attributes.email)) &&
    (query.phoneNumber === undefined || query.phoneNumber === attributes.phoneNumber)
  )
}

function page(found: UserRecord[], { limit, lastEvaluatedUserId }: QueryUsers): object {
  const start = found.findIndex((user) => user.userId === lastEvaluatedUserId) + 1
  const end = start + Number(limit ?? DEFAULT_LIMIT)
  const users = found.slice(start, end)
  return {
    users: users.map(describe),
    lastEvaluatedUserId: end < found.length ? users.at(-1)?.userId : undefined,
  }
}

/** The union of what the node SDK's types and the docs page list. */
function describe(user: UserRecord): object {
  const { email, emailVerified = false, phoneNumber, username, displayName } = user.attributes
  return {
    userId: user.userId,
    email,
    emailVerified,
    phoneNumber,
    phoneNumberVerified: user.attributes.phoneNumberVerified ?? false,
    username,
    displayName,
    isEnrolled: isEnrolled(user),
    enrolledVerificationMethods: enrolledMethods(user),
    createdAt: user.createdAt,
  }
}
