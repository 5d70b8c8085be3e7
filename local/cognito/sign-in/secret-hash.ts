import { createHmac } from 'node:crypto'
import type { Client } from '../clients.ts'
import { invalidParameter, notAuthorized } from '../protocol/errors.ts'

/**
 * Over exactly the USERNAME of the same request: what was typed at the start, the echoed name at
 * the answer, the real username at a refresh (AWS docs: signing-up-users-in-your-app).
 */
export function checkSecretHash(
  { clientId, clientSecret }: Client,
  username: string,
  hash: string | undefined,
): void {
  if (clientSecret === undefined) {
    if (hash === undefined) return
    throw invalidParameter(
      `App client ${clientId} is not configured for secret but secret hash was received`,
    )
  }
  if (hash === undefined) {
    throw notAuthorized(
      `Client ${clientId} is configured with secret but SECRET_HASH was not received`,
    )
  }
  if (hash !== secretHashOf(username, clientId, clientSecret)) {
    throw notAuthorized(`SecretHash does not match for the client: ${clientId}`)
  }
}

export function secretHashOf(username: string, clientId: string, clientSecret: string): string {
  return createHmac('sha256', clientSecret).update(`${username}${clientId}`).digest('base64')
}
