import type { JWTPayload } from 'jose'

/** Somebody whose ID tokens can be proof of an email address. */
export interface IdTokenProvider {
  name: 'google' | 'apple'
  /** Every spelling of its `iss`. */
  issuers: readonly string[]
  keysUrl: string
  /** Our OAuth client ids with it; none, and no token of it counts. */
  audiences: readonly string[]
  /** Whether the claims make its owner the owner of this address now; the address is in lower case. */
  vouchesFor(email: string, claims: JWTPayload): boolean
}

interface ProviderOptions {
  audiences: readonly string[]
  /** An emulator, which is then also who issues the tokens; its keys are at `/jwks`. */
  endpoint?: string | undefined
}

/** Source: Google docs, "Verify the Google ID token on your server side". */
export function google({ audiences, endpoint }: ProviderOptions): IdTokenProvider {
  return {
    name: 'google',
    issuers:
      endpoint === undefined ? ['https://accounts.google.com', 'accounts.google.com'] : [endpoint],
    keysUrl:
      endpoint === undefined ? 'https://www.googleapis.com/oauth2/v3/certs' : `${endpoint}/jwks`,
    audiences,
    vouchesFor: (email, claims) =>
      claims['email_verified'] === true && isGoogleRun(email, claims['hd']),
  }
}

/** Source: Apple docs, "Verifying a user". Its relay addresses are as good as any. */
export function apple({ audiences, endpoint }: ProviderOptions): IdTokenProvider {
  return {
    name: 'apple',
    issuers: [endpoint ?? 'https://appleid.apple.com'],
    keysUrl: endpoint === undefined ? 'https://appleid.apple.com/auth/keys' : `${endpoint}/jwks`,
    audiences,
    // "A string or Boolean value" (Apple docs: Authenticating users with Sign in with Apple).
    vouchesFor: (_email, { email_verified: isVerified }) =>
      isVerified === true || isVerified === 'true',
  }
}

/**
 * A Google account can be of any address, verified once, years ago: whoever had it then need not
 * have it now. Only of addresses in its own domains does Google know who has them.
 */
function isGoogleRun(email: string, hostedDomain: unknown): boolean {
  const domain = email.slice(email.lastIndexOf('@') + 1)
  const isGmail = domain === 'gmail.com' || domain === 'googlemail.com'
  return isGmail || (typeof hostedDomain === 'string' && hostedDomain.toLowerCase() === domain)
}
