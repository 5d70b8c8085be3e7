import { generateKeyPair, randomBytes, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'

export interface SigningKey {
  kid: string
  publicKey: KeyObject
  privateKey: KeyObject
}

/** Access and id tokens are signed by two different keys of one set. */
export interface SigningKeys {
  access: SigningKey
  id: SigningKey
  jwks: { keys: object[] }
}

export async function generateSigningKeys(): Promise<SigningKeys> {
  const [id, access] = await Promise.all([generateSigningKey(), generateSigningKey()])
  return { id, access, jwks: { keys: [publicJwk(id), publicJwk(access)] } }
}

export async function generateSigningKey(): Promise<SigningKey> {
  const pair = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  return { kid: randomBytes(32).toString('base64'), ...pair }
}

export function publicJwk({ kid, publicKey }: SigningKey): object {
  return { ...publicKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig', kid }
}
