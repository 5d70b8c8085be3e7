import { randomBytes, randomUUID } from 'node:crypto'
import type { AuthsignalClient } from './client.ts'

/** The user id under which decoys are tracked: one per pool, in nobody's name. */
const DECOY_USER = '00000000-0000-4000-8000-00000000dec0'

/**
 * A challenge for nobody: tracked for real, so that it takes as long, fails as often and looks the
 * same as any other, then given a signature that fails. The token is worth nothing at Authsignal:
 * it can neither enrol an authenticator nor send a message.
 */
export async function makeDecoy(
  client: Pick<AuthsignalClient, 'track'>,
  action: string,
): Promise<{ token: string; url: string }> {
  const tracked = await client.track({
    userId: DECOY_USER,
    action,
    idempotencyKey: randomBytes(18).toString('base64url'),
    attributes: {},
  })
  const token = breakSignature(withoutDecoyUser(tracked.token))
  return { token, url: tracked.url.replaceAll(tracked.token, token) }
}

/** Another user id in each decoy, or two of them would give each other away. */
function withoutDecoyUser(token: string): string {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const claims = Buffer.from(payload, 'base64url').toString()
  if (!claims.includes(DECOY_USER)) return token
  const changed = Buffer.from(claims.replaceAll(DECOY_USER, randomUUID())).toString('base64url')
  return [header, changed, signature].join('.')
}

/** Noise of the right length, whichever algorithm the tenant signs with. */
function breakSignature(token: string): string {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const noise = randomBytes(Buffer.from(signature, 'base64url').length)
  return [header, payload, noise.toString('base64url')].join('.')
}
