import type { Operation } from '../protocol/dispatch.ts'
import * as fields from '../protocol/fields.ts'
import { answering } from '../protocol/shape.ts'
import type { Needs } from '../services.ts'
import { attributeList } from '../users/user.ts'

export function getUser({ accessTokens }: Needs<'accessTokens'>): Operation {
  return answering({ AccessToken: fields.token }, async ({ AccessToken }) => {
    const user = await accessTokens.holder(AccessToken)
    return { Username: user.username, UserAttributes: attributeList(user) }
  })
}
