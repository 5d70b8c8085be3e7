import type { Client } from '../clients.ts'
import type { Operation } from '../protocol/dispatch.ts'
import { notAuthorized, userNotFound } from '../protocol/errors.ts'
import * as fields from '../protocol/fields.ts'
import { answering, optional } from '../protocol/shape.ts'
import type { Needs } from '../services.ts'
import { refresh } from '../sign-in/authentication-result.ts'

type Services = Needs<'pool' | 'clients' | 'users' | 'grants' | 'tokenIssuer' | 'triggers'>

/** The secret travels in plain here; no hash, no username (service model). */
export function getTokensFromRefreshToken(services: Services): Operation {
  const { clients, users, grants } = services
  return answering(
    {
      RefreshToken: fields.token,
      ClientId: fields.clientId,
      ClientSecret: optional(fields.clientSecret),
      ClientMetadata: fields.clientMetadata,
    },
    async ({ RefreshToken, ClientId, ClientSecret, ClientMetadata }) => {
      const client = clients.get(ClientId)
      checkClientSecret(client, ClientSecret)
      const grant = grants.redeem(RefreshToken, ClientId)
      const user = users.byUsername(grant.username)
      if (!user) throw userNotFound()
      const tokens = await refresh(services, { user, client, grant }, ClientMetadata)
      // Last, so that a failing trigger costs the caller nothing; it checks the token once more.
      const rotated = client.refreshTokenRotation && grants.rotate(RefreshToken, client)
      return { AuthenticationResult: { ...tokens, ...(rotated && { RefreshToken: rotated }) } }
    },
  )
}

/** Unconfirmed: texts. A secret for a client that has none is assumed to be an error too. */
function checkClientSecret({ clientId, clientSecret }: Client, given: string | undefined): void {
  if (given === clientSecret) return
  if (given === undefined) {
    throw notAuthorized(`Client ${clientId} is configured with secret but it was not received`)
  }
  throw notAuthorized(`ClientSecret does not match for the client: ${clientId}`)
}
