import { createHmac } from 'node:crypto'

/**
 * SECRET_HASH, over exactly the USERNAME of the same request: the typed form at InitiateAuth, the
 * echoed one at RespondToAuthChallenge (AWS docs: signing-up-users-in-your-app).
 */
export function secretHash(
  clientSecret: string | undefined,
  clientId: string,
  username: string,
): { SECRET_HASH?: string } {
  if (clientSecret === undefined) return {}
  const hash = createHmac('sha256', clientSecret).update(`${username}${clientId}`)
  return { SECRET_HASH: hash.digest('base64') }
}
