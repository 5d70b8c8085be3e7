import { createHmac, createSecretKey } from 'node:crypto'

type SecretHash = (username: string) => { SECRET_HASH?: string }

/**
 * Makes the SECRET_HASH, over exactly the USERNAME of the same request: the typed form at
 * InitiateAuth, the echoed one at RespondToAuthChallenge (AWS docs: signing-up-users-in-your-app).
 */
export function secretHashes(clientSecret: string | undefined, clientId: string): SecretHash {
  if (clientSecret === undefined) return () => ({})
  const key = createSecretKey(clientSecret, 'utf8')
  return (username) => {
    const hash = createHmac('sha256', key).update(`${username}${clientId}`)
    return { SECRET_HASH: hash.digest('base64') }
  }
}
