import type { FastifyInstance } from 'fastify'
import type { SigningKeys } from '../tokens/signing-keys.ts'
import type { Pool } from '../pool.ts'

/** What token verifiers fetch; `iss` is the address without the well-known suffix. */
export function wellKnown(app: FastifyInstance, pool: Pool, keys: Promise<SigningKeys>): void {
  app.get(`/${pool.id}/.well-known/jwks.json`, async () => (await keys).jwks)

  app.get(`/${pool.id}/.well-known/openid-configuration`, () => ({
    issuer: pool.issuer,
    jwks_uri: `${pool.issuer}/.well-known/jwks.json`,
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code', 'token'],
    scopes_supported: ['openid', 'email', 'phone', 'profile'],
    subject_types_supported: ['public'],
  }))
}
