import { ServiceError } from '../errors.ts'
import type { Tokens } from '../sign-in/ports.ts'
import type { SharedRefreshes, TokenAuthority, VerifyAccessToken } from './ports.ts'

export interface TokenDeps {
  authority: TokenAuthority
  verifyAccessToken: VerifyAccessToken
  refreshes: SharedRefreshes
  upstreamTimeoutMs: number
}

/** What a client does with its tokens after the sign-in. */
export interface TokenUseCases {
  /** @throws ServiceError `invalid_token` when the refresh token is over, `upstream_*` */
  refreshTokens(refreshToken: string): Promise<Tokens>
  /** Also succeeds when the token is over already. @throws ServiceError `invalid_token`, `upstream_*` */
  signOut(refreshToken: string): Promise<void>
  /** @throws ServiceError `invalid_token`, `upstream_*` */
  signOutEverywhere(accessToken: string): Promise<void>
}

export function tokenUseCases(deps: TokenDeps): TokenUseCases {
  const { authority, verifyAccessToken, refreshes } = deps
  const deadline = () => AbortSignal.timeout(deps.upstreamTimeoutMs)

  return {
    async refreshTokens(refreshToken) {
      const answer = await refreshes.share(refreshToken, (signal) =>
        authority.refresh(refreshToken, signal),
      )
      if (answer.outcome === 'refused') throw new ServiceError('invalid_token')
      return answer.tokens
    },
    async signOut(refreshToken) {
      const outcome = await authority.revoke(refreshToken, deadline())
      if (outcome === 'refused') throw new ServiceError('invalid_token')
      await refreshes.forget({ refreshToken })
    },
    async signOutEverywhere(accessToken) {
      const { sub } = await verifyAccessToken(accessToken)
      const outcome = await authority.revokeAll(accessToken, deadline())
      if (outcome === 'refused') throw new ServiceError('invalid_token')
      await refreshes.forget({ sub })
    },
  }
}
