import { requirePool } from '../pool.ts'
import type { Operation } from '../protocol/dispatch.ts'
import { invalidParameter } from '../protocol/errors.ts'
import * as fields from '../protocol/fields.ts'
import { answering, listOf, optional, text, wholeNumber } from '../protocol/shape.ts'
import type { Needs } from '../services.ts'
import { userFilter } from '../users/user-filter.ts'
import { attributeList, userRecord } from '../users/user.ts'

const MOST_PER_PAGE = 60

export function listUsers({ pool, users }: Needs<'pool' | 'users'>): Operation {
  return answering(
    {
      UserPoolId: fields.userPoolId,
      Filter: optional(text({ max: 256 })),
      Limit: optional(wholeNumber(0, MOST_PER_PAGE)),
      PaginationToken: optional(text({ min: 1 })),
      AttributesToGet: optional(listOf(text({ min: 1, max: 32 }))),
    },
    ({ UserPoolId, Filter, Limit, PaginationToken, AttributesToGet }) => {
      requirePool(pool, UserPoolId)
      const found = users.list().filter(userFilter(pool, Filter))
      const start = PaginationToken === undefined ? 0 : offsetIn(PaginationToken)
      const end = start + (Limit || MOST_PER_PAGE)
      return {
        Users: found.slice(start, end).map((user) => ({
          ...userRecord(user),
          Attributes: attributeList(user, AttributesToGet),
        })),
        ...(end < found.length && { PaginationToken: tokenFor(end) }),
      }
    },
  )
}

const tokenFor = (offset: number): string =>
  Buffer.from(JSON.stringify(offset)).toString('base64url')

function offsetIn(token: string): number {
  try {
    const offset: unknown = JSON.parse(Buffer.from(token, 'base64url').toString())
    if (typeof offset === 'number') return offset
  } catch {
    // Told below.
  }
  throw invalidParameter('Invalid pagination token.')
}
