import type { Tokens } from '../sign-in/ports.ts'

/** Who issued the tokens and can renew or end them. Fails with a ServiceError `upstream_*` only. */
export interface TokenAuthority {
  /** `refused`: expired, revoked, reused after rotation, or not a refresh token of ours. */
  refresh(
    refreshToken: string,
    signal: AbortSignal,
  ): Promise<{ outcome: 'tokens'; tokens: Tokens } | { outcome: 'refused' }>
  /**
   * Ends a refresh token and what came from it; quiet about one that is over already. `refused`: it
   * is another client's.
   */
  revoke(refreshToken: string, signal: AbortSignal): Promise<'done' | 'refused'>
  /** Ends every session of the user. `refused`: the access token is revoked already. */
  revokeAll(accessToken: string, signal: AbortSignal): Promise<'done' | 'refused'>
}

/** The user an access token speaks for. */
export interface Bearer {
  sub: string
  username: string
  accessToken: string
  /** When the user last proved who they are, in seconds since the epoch; a refresh changes nothing. */
  authTime: number
  /** The same for all tokens that came from one sign-in; undefined where the client does not revoke. */
  signInId?: string
}

/** @throws ServiceError `invalid_token`, or `upstream_*` while the keys cannot be had */
export type VerifyAccessToken = (accessToken: string) => Promise<Bearer>
