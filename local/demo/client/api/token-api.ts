import { nothing, type Answer, type Call } from './call.ts'
import { readTokens, type Tokens } from './sign-in-api.ts'

/** Renewing and ending what a sign-in gave. */
export interface TokenApi {
  refresh(refreshToken: string): Promise<Answer<Tokens>>
  signOut(refreshToken: string): Promise<Answer<true>>
  signOutEverywhere(bearer: string): Promise<Answer<true>>
}

export function tokenApi(call: Call): TokenApi {
  const method = 'POST'
  return {
    refresh: (refreshToken) =>
      call({ method, path: '/refresh', body: { refreshToken }, read: readTokens }),
    signOut: (refreshToken) =>
      call({ method, path: '/sign-out', body: { refreshToken }, read: nothing }),
    signOutEverywhere: (bearer) =>
      call({ method, path: '/sign-out-everywhere', bearer, read: nothing }),
  }
}
