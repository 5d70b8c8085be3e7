import type { Operation } from '../protocol/dispatch.ts'
import * as fields from '../protocol/fields.ts'
import { answering } from '../protocol/shape.ts'
import type { Needs } from '../services.ts'

export function globalSignOut({
  accessTokens,
  grants,
}: Needs<'accessTokens' | 'grants'>): Operation {
  return answering({ AccessToken: fields.token }, async ({ AccessToken }) => {
    const user = await accessTokens.holder(AccessToken)
    grants.revokeAllOf(user.username)
    return {}
  })
}
