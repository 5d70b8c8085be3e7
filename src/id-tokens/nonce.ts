import { hash, timingSafeEqual } from 'node:crypto'

/**
 * `optional` is for apps whose sign-in library hashes none, or sends none: a token that holds the
 * nonce as it is, or none at all, may then pass.
 */
export type NoncePolicy = 'required' | 'optional'

/**
 * Whether the token was asked for by whoever sends it: it must hold the SHA-256, in hex, of the nonce
 * of the request (Apple docs: ASAuthorizationAppleIDRequest; any provider takes one). A nonce that
 * stands in the token as it is could be read there by whoever stole the token.
 * @param nonce of the request, which a token without one does not fit either
 */
export function nonceFits(policy: NoncePolicy, claim: unknown, nonce: string | undefined): boolean {
  if (claim === undefined) return policy === 'optional' && nonce === undefined
  if (typeof claim !== 'string' || claim === '' || nonce === undefined) return false
  const isHashed = isSame(claim, sha256(nonce).toString('hex'))
  return isHashed || (policy === 'optional' && isSame(claim, nonce))
}

/** Takes the same time wherever the two differ, and whatever their lengths. */
function isSame(a: string, b: string): boolean {
  return timingSafeEqual(sha256(a), sha256(b))
}

function sha256(text: string): Buffer {
  return hash('sha256', text, 'buffer')
}
