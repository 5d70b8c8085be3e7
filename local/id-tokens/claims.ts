import { createHash, randomBytes } from 'node:crypto'

export type Provider = 'google' | 'apple'

/** The client id that the tokens are for, with either provider. */
export const AUDIENCES: Readonly<Record<Provider, string>> = {
  google: 'local.apps.googleusercontent.com',
  apple: 'local.example.app',
}

/** What somebody signs in at the provider with; other claims are put in or, as null, left out. */
export interface TokenRequest {
  email: string
  nonce?: string
  [claim: string]: unknown
}

/** The claims of a token that the provider would issue now (seconds since the epoch). */
export function claimsFor(
  provider: Provider,
  { origin, now }: { origin: string; now: number },
  { email, ...wanted }: TokenRequest,
): Record<string, unknown> {
  const claims = {
    iss: `${origin}/${provider}`,
    aud: AUDIENCES[provider],
    email,
    iat: now,
    ...OWN_CLAIMS[provider](email, now),
    ...wanted,
  }
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== null))
}

const OWN_CLAIMS = { google: ofGoogle, apple: ofApple }

/** Source: Google docs, "OpenID Connect: an ID token's payload". `hd` only on request. */
function ofGoogle(email: string, now: number): object {
  const digits = BigInt(`0x${digest(email)}`) % 10n ** 20n
  return {
    azp: AUDIENCES.google,
    sub: `1${digits.toString().padStart(20, '0')}`,
    email_verified: true,
    exp: now + 60 * 60,
    jti: randomBytes(20).toString('hex'),
  }
}

/**
 * Source: Apple docs, "Authenticating users with Sign in with Apple". A day is what apps see today
 * (invertase/react-native-apple-authentication#312); ten minutes it was at first.
 */
function ofApple(email: string, now: number): object {
  const hex = digest(email)
  return {
    sub: `000${hex.slice(0, 3)}.${hex.slice(3, 35)}.0${hex.slice(35, 38)}`,
    email_verified: 'true',
    ...(email.endsWith('@privaterelay.appleid.com') ? { is_private_email: 'true' } : {}),
    exp: now + 24 * 60 * 60,
    auth_time: now,
    nonce_supported: true,
    c_hash: randomBytes(16).toString('base64url'),
  }
}

/** The same person every time, whatever the spelling. */
function digest(email: string): string {
  return createHash('sha256').update(email.toLowerCase()).digest('hex')
}
