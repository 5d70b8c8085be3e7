import { ServiceError } from '../errors.ts'
import type { Tokens } from '../sign-in/ports.ts'
import type { TokenAuthority, VerifyAccessToken } from './ports.ts'
import { singleFlight } from './single-flight.ts'

export interface TokenDeps {
  authority: TokenAuthority
  verifyAccessToken: VerifyAccessToken
  upstreamTimeoutMs: number
  now: () => number
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
  const { authority, verifyAccessToken, now } = deps
  const deadline = () => AbortSignal.timeout(deps.upstreamTimeoutMs)

  const refreshTokens = singleFlight(async (refreshToken) => {
    const answer = await authority.refresh(refreshToken, deadline())
    if (answer.outcome === 'refused') throw new ServiceError('invalid_token')
    return answer.tokens
  }, now)

  return {
    refreshTokens,
    async signOut(refreshToken) {
      const outcome = await authority.revoke(refreshToken, deadline())
      if (outcome === 'refused') throw new ServiceError('invalid_token')
    },
    async signOutEverywhere(accessToken) {
      await verifyAccessToken(accessToken)
      const outcome = await authority.revokeAll(accessToken, deadline())
      if (outcome === 'refused') throw new ServiceError('invalid_token')
    },
  }
}
