import { createHash, randomBytes } from 'node:crypto'
import { SignJWT, type CryptoKey } from 'jose'
import type { Test } from 'tap'
import { apple, google } from '../../src/id-tokens/providers.ts'
import { idTokenVerifier, type VerifierOptions } from '../../src/id-tokens/verify.ts'
import { newKey, startKeyHost, type KeyHost } from '../support/key-host.ts'

export const REFUSED = { name: 'ServiceError', code: 'challenge_failed', reason: 'refused' }
export const NONCE = randomBytes(16).toString('base64url')
/** What apps ask the provider with. */
export const NONCE_HASH = createHash('sha256').update(NONCE).digest('hex')
/** A whole second, so that ages come out even. */
export const NOW = Math.floor(Date.now() / 1000) * 1000

/** A host for the keys of either provider, and a key of theirs. */
export interface Issuer {
  host: KeyHost
  key: CryptoKey
  /** A token that is acceptable; a claim given as undefined is left out. */
  token: (claims?: object, options?: { key?: CryptoKey; header?: object }) => Promise<string>
}

async function startIssuer(t: Test, usual: object): Promise<Issuer> {
  const host = await startKeyHost(t)
  const key = await newKey(host, 'one')
  return {
    host,
    key,
    token: (claims = {}, options = {}) =>
      new SignJWT({
        iss: host.origin,
        iat: NOW / 1000,
        exp: NOW / 1000 + 3600,
        nonce: NONCE_HASH,
        ...usual,
        ...claims,
      })
        .setProtectedHeader({ alg: 'RS256', kid: 'one', ...options.header })
        .sign(options.key ?? key),
  }
}

export const startGoogle = (t: Test) =>
  startIssuer(t, {
    aud: 'web.apps.googleusercontent.com',
    sub: '110169484474386276334',
    email: 'ada@gmail.com',
    email_verified: true,
  })

export const startApple = (t: Test) =>
  startIssuer(t, {
    aud: 'com.example.app',
    sub: '000123.0a1b2c3d4e5f.0456',
    email: 'ada@example.com',
    email_verified: 'true',
  })

/** Accepts what the issuers issue. */
export function verifierOf(
  issuers: { google?: Issuer; apple?: Issuer },
  options: Partial<VerifierOptions> = {},
): ReturnType<typeof idTokenVerifier> {
  return idTokenVerifier(
    [
      google({
        audiences: ['ios.apps.googleusercontent.com', 'web.apps.googleusercontent.com'],
        endpoint: issuers.google?.host.origin,
      }),
      apple({ audiences: ['com.example.app'], endpoint: issuers.apple?.host.origin }),
    ],
    { nonce: 'required', now: () => NOW, ...options },
  )
}
