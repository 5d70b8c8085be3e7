/** Who asks for credentials: the domain they belong to, and the pages they may be used on. */
export interface RelyingParty {
  rpId: string
  origins: () => readonly string[]
}

export const RP_NAME = 'Local Authsignal'

/** EdDSA, ES256 and RS256: the same on every version of Node. */
export const ALGORITHMS = [-8, -7, -257]
