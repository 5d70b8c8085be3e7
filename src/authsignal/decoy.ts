import { createHmac, randomBytes } from 'node:crypto'
import { ServiceError } from '../errors.ts'
import { isBlocked } from '../trigger-protocol/states.ts'
import type { AuthsignalClient, TrackInput } from './client.ts'
import type { MacKey } from '../trigger-protocol/derived-key.ts'

/** The user id under which decoys are tracked: one per tenant, in nobody's name. */
const DECOY_USER = '00000000-0000-4000-8000-00000000dec0'
/** The id wherever it stands in a token, and whether it stands for the name there. */
const PLACEHOLDER = new RegExp(`("username":")?${DECOY_USER}`, 'g')
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export interface DecoyInput {
  action: string
  idempotencyKey: string
  /** The id the token shows; see `decoyUserId`. */
  userId: string
  /** The name the token shows. */
  username: string
  /** What a real user's action would be tracked with, so that rules see the same. */
  attributes: Omit<TrackInput['attributes'], 'username' | 'email' | 'phoneNumber'>
  /** Where a block is kept from who signs in: a decoy for it, as for anybody else. */
  evenIfBlocked?: boolean
}

/**
 * A challenge for nobody: tracked for real, so that it takes as long, fails and is blocked as often
 * and looks the same as any other, then given a signature that fails. The token is worth nothing at
 * Authsignal: it can neither enrol an authenticator nor send a message.
 * @throws ServiceError `sign_in_blocked` where a rule says so, as for a real user
 */
export async function makeDecoy(
  client: Pick<AuthsignalClient, 'track'>,
  input: DecoyInput,
): Promise<{ token: string; url: string }> {
  const { action, idempotencyKey, attributes, evenIfBlocked = false } = input
  const tracked = await client.track({
    userId: DECOY_USER,
    action,
    idempotencyKey,
    attributes: { ...attributes, username: DECOY_USER },
  })
  const isUsable = tracked.token !== '' && tracked.url.includes(tracked.token)
  if (isBlocked(tracked.state) && !(evenIfBlocked && isUsable)) {
    throw new ServiceError('sign_in_blocked')
  }
  // A URL with some other token in it would hand out one that works.
  if (!isUsable) {
    throw new ServiceError('upstream_error', {
      upstream: { service: 'authsignal', operation: 'track', reason: 'url without the token' },
    })
  }
  const token = inTheNameOf(input, tracked.token)
  return { token, url: tracked.url.replaceAll(tracked.token, token) }
}

/**
 * The id of a user that does not exist: the same each time the same name is tried, as a real one is.
 * @param name Cognito's made-up username where there is one, else what was typed
 */
export function decoyUserId(key: MacKey, name: string): string {
  if (UUID.test(name)) return name
  const hex = createHmac('sha256', key).update(name).digest('hex')
  // Cognito's own ids look like this: 84583468-8081-7000-901f-9d3de5b6b68b.
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-70${hex.slice(12, 14)}-${hex.slice(14, 18)}-${hex.slice(18, 30)}`
}

function inTheNameOf({ userId, username }: DecoyInput, token: string): string {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const shownName = JSON.stringify(username).slice(1, -1)
  const renamed = Buffer.from(payload, 'base64url')
    .toString()
    // In one go and by a function: the name is what somebody typed, a pattern or the id included.
    .replaceAll(PLACEHOLDER, (_all, name?: string) => (name ? `${name}${shownName}` : userId))
  // Noise of the right length, whichever algorithm the tenant signs with.
  const noise = randomBytes(Buffer.from(signature, 'base64url').length)
  return [header, Buffer.from(renamed).toString('base64url'), noise.toString('base64url')].join('.')
}
