import { randomBytes, randomUUID } from 'node:crypto'
import type { AuthsignalClient } from './client.ts'

/** The user id under which decoys are tracked: one per pool, in nobody's name. */
const DECOY_USER = '00000000-0000-4000-8000-00000000dec0'

/**
 * A challenge for nobody: tracked for real, so that it takes as long, fails as often and looks the
 * same as any other, then given a signature that fails. The token is worth nothing at Authsignal:
 * it can neither enrol an authenticator nor send a message.
 * @param username what the token should call the user, where a real one would show the typed name
 */
export async function makeDecoy(
  client: Pick<AuthsignalClient, 'track'>,
  action: string,
  username?: string,
): Promise<{ token: string; url: string }> {
  const tracked = await client.track({
    userId: DECOY_USER,
    action,
    idempotencyKey: randomBytes(18).toString('base64url'),
    attributes: { username: DECOY_USER },
  })
  const token = forSomeoneElse(tracked.token, username)
  return { token, url: tracked.url.replaceAll(tracked.token, token) }
}

/** Another user id in each decoy, or two of them would give each other away. */
function forSomeoneElse(token: string, username: string | undefined): string {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const someone = randomUUID()
  const name = JSON.stringify(username ?? someone)
  // A function, because in a text `$&` would be a pattern: the name is what somebody typed.
  const renamed = decode(payload)
    .replaceAll(`"username":"${DECOY_USER}"`, () => `"username":${name}`)
    .replaceAll(DECOY_USER, someone)
  // Noise of the right length, whichever algorithm the tenant signs with.
  const noise = randomBytes(Buffer.from(signature, 'base64url').length)
  return [header, Buffer.from(renamed).toString('base64url'), noise.toString('base64url')].join('.')
}

function decode(part: string): string {
  return Buffer.from(part, 'base64url').toString()
}
