import { hash } from 'node:crypto'
import { decodeJwt, type JWTPayload } from 'jose'
import type { Finding } from '../audit/findings.ts'
import { tokenReader } from '../jwks.ts'
import { refused } from '../sign-in/earlier-proof.ts'
import type { ProvenIdentity } from '../sign-in/ports.ts'
import type { UpstreamObserver } from '../upstream/ports.ts'
import { nonceFits, type NoncePolicy } from './nonce.ts'
import type { IdTokenProvider } from './providers.ts'

/** The longest of the real ones is a quarter of this. */
const MAX_TOKEN_LENGTH = 8_192
/** A sign-in is now: a token that has lain about is more likely to have been taken from somewhere. */
const MAX_AGE_SECONDS = 10 * 60
/** How far the provider's clock may be ahead of ours. */
const CLOCK_SKEW_SECONDS = 60
/** One @, and ASCII only: lower case makes `k` of the Kelvin sign, and so another's address. */
const EMAIL = /^[!-?A-~]+@[!-?A-~]+$/

export interface VerifierOptions {
  nonce: NoncePolicy
  /** How soon after one look for keys there may be another. */
  jwksCooldownMs?: number
  observer?: UpstreamObserver
  now?: () => number
}

/** What a token of Google or Apple proves. */
export interface IdTokenProof extends ProvenIdentity {
  /** The provider's own id of the user; addresses change, this does not. */
  subject: string
  /** When the token stops being accepted, in milliseconds since the epoch. */
  expiresAt: number
}

/**
 * Checks ID tokens of the providers without asking them: signature, issuer, audience, age, nonce, and
 * that the address is its owner's. Nobody is told what was wrong with a refused one.
 * @returns a check that throws ServiceError `challenge_failed`, or `upstream_*` while the provider's
 *   keys cannot be had
 */
export function idTokenVerifier(
  providers: readonly IdTokenProvider[],
  options: VerifierOptions,
): (idToken: string, nonce?: string) => Promise<IdTokenProof> {
  const { now = Date.now } = options
  const readers = providers
    .filter(({ audiences }) => audiences.length > 0)
    .map((provider) => ({
      provider,
      read: tokenReader({
        service: provider.name,
        url: provider.keysUrl,
        cooldownMs: options.jwksCooldownMs,
        observer: options.observer,
      }),
    }))

  return async (idToken, nonce) => {
    const issuer = unprovenIssuerOf(idToken)
    const named = readers.find(({ provider }) => provider.issuers.some((own) => own === issuer))
    if (named === undefined) throw refused('unknown_issuer')
    const { provider, read } = named
    const claims = await read(idToken, {
      issuer: [...provider.issuers],
      audience: [...provider.audiences],
      currentDate: new Date(now()),
    })
    if (claims === undefined) throw refused(whyUnreadable(provider, idToken, now()))
    if (!nonceFits(options.nonce, claims['nonce'], nonce)) throw refused('nonce_mismatch')
    return { ...proofIn(provider, claims, now()), digest: digestOf(idToken) }
  }
}

/** Says whose keys to try; those then say whether it is true. */
function unprovenIssuerOf(idToken: string): string | undefined {
  if (idToken.length > MAX_TOKEN_LENGTH) return undefined
  try {
    return decodeJwt(idToken).iss
  } catch {
    return undefined
  }
}

/** What is wrong with a token by its own words, which nobody has proven; for the audit only. */
function whyUnreadable({ audiences }: IdTokenProvider, idToken: string, now: number): Finding {
  const { aud, exp = 0 } = decodeJwt(idToken)
  const isForUs = [aud].flat().some((one) => audiences.some((ours) => ours === one))
  if (!isForUs) return 'wrong_audience'
  return exp * 1000 <= now ? 'too_old' : 'bad_signature'
}

/** @throws ServiceError `challenge_failed` */
function proofIn(
  provider: IdTokenProvider,
  { sub: subject, exp, iat, aud, ...claims }: JWTPayload,
  now: number,
): Omit<IdTokenProof, 'digest'> {
  const { email } = claims
  if (typeof subject !== 'string' || subject === '' || exp === undefined || iat === undefined) {
    throw refused('claims_missing')
  }
  if (typeof email !== 'string' || !EMAIL.test(email)) throw refused('unusable_address')
  // A token for several audiences may have come to us by way of another (OIDC Core, section 3.1.3.7).
  if (Array.isArray(aud) && aud.length !== 1) throw refused('wrong_audience')
  if (!isRecent(iat, now)) throw refused('too_old')
  const address = email.toLowerCase()
  if (!provider.vouchesFor(address, claims)) throw refused('not_vouched_for')
  const expiresAt = Math.min(exp, iat + MAX_AGE_SECONDS) * 1000
  return { provider: provider.name, subject, email: address, expiresAt }
}

function isRecent(issuedAt: number, now: number): boolean {
  const age = now / 1000 - issuedAt
  return age >= -CLOCK_SKEW_SECONDS && age <= MAX_AGE_SECONDS
}

/**
 * Of the signed part only: the last character of the signature can be written in sixteen ways that
 * all decode to the same bytes, and each would pass for a token that was not used before.
 */
function digestOf(idToken: string): string {
  const signed = idToken.slice(0, idToken.lastIndexOf('.'))
  return hash('sha256', signed, 'base64url')
}
