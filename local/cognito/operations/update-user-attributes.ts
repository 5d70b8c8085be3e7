import type { Client } from '../clients.ts'
import type { Operation } from '../protocol/dispatch.ts'
import { notAuthorized } from '../protocol/errors.ts'
import * as fields from '../protocol/fields.ts'
import { answering } from '../protocol/shape.ts'
import type { Needs } from '../services.ts'
import { updateAttributes } from '../users/aliases.ts'
import { checkAttributes } from '../users/attributes.ts'
import { ALIAS_KINDS } from '../users/user.ts'

/**
 * Self service. No attribute is verified automatically here, so no code is sent and the new address
 * is in force at once, unverified.
 */
export function updateUserAttributes(
  services: Needs<'pool' | 'clients' | 'users' | 'accessTokens'>,
): Operation {
  return answering(
    {
      AccessToken: fields.token,
      UserAttributes: fields.attributes,
      ClientMetadata: fields.clientMetadata,
    },
    async ({ AccessToken, UserAttributes }) => {
      const { user, grant } = await services.accessTokens.open(AccessToken)
      checkAttributes(UserAttributes)
      refuseUnwritable(services.clients.get(grant.clientId), Object.keys(UserAttributes))
      updateAttributes(services, user, UserAttributes)
      return {}
    },
  )
}

/** The service model: without a list of its own a client may write the standard attributes. */
function refuseUnwritable({ writeAttributes }: Client, names: string[]): void {
  const mayWrite = (name: string) =>
    !ALIAS_KINDS.some((kind) => name === `${kind}_verified`) &&
    (writeAttributes?.includes(name) ?? !name.startsWith('custom:'))
  if (!names.every(mayWrite)) {
    throw notAuthorized('A client attempted to write unauthorized attribute')
  }
}
