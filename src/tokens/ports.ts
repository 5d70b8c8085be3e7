import type { Tokens } from '../sign-in/ports.ts'

export type RefreshOutcome =
  /** `sub` says whose tokens they are. */
  | { outcome: 'tokens'; tokens: Tokens; sub: string }
  /** Expired, revoked, reused after rotation, or not a refresh token of ours. */
  | { outcome: 'refused' }

/** Who issued the tokens and can renew or end them. Fails with a ServiceError `upstream_*` only. */
export interface TokenAuthority {
  refresh(refreshToken: string, signal: AbortSignal): Promise<RefreshOutcome>
  /**
   * Ends a refresh token and what came from it; quiet about one that is over already. `refused`: it
   * is another client's.
   */
  revoke(refreshToken: string, signal: AbortSignal): Promise<'done' | 'refused'>
  /** Ends every session of the user. `refused`: the access token is revoked already. */
  revokeAll(accessToken: string, signal: AbortSignal): Promise<'done' | 'refused'>
}

/**
 * One upstream call for all who refresh with the same token at about the same time. With rotation on,
 * the second use of a refresh token would end the session; tabs and retries use one twice all the time.
 *
 * Whoever holds the token gets the answer, as they would from Cognito within its grace period
 * (RetryGracePeriodSeconds, 60 at most).
 */
export interface SharedRefreshes {
  /**
   * @param ask the call, made by one of all who share it
   * @throws ServiceError what `ask` throws, and `upstream_timeout` when somebody else's call took too
   *   long; a failure is kept for nobody
   */
  share(
    refreshToken: string,
    ask: (signal: AbortSignal) => Promise<RefreshOutcome>,
  ): Promise<RefreshOutcome>
  /** Told of a sign-out: no kept answer that came from this token or is this user's is given again. */
  forget(whose: { refreshToken: string } | { sub: string }): Promise<void>
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
