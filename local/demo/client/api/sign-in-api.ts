import { numberIn, stringIn } from '../json.ts'
import type { Identifier } from '../sign-in/identifier.ts'
import type { Answer, Call } from './call.ts'
import { readStarted, type Started } from './problem.ts'

export interface Tokens {
  accessToken: string
  idToken: string
  refreshToken: string
  /** Seconds until access and ID token expire. */
  expiresIn: number
}

/** What the client knows of itself, for rules, messages and the way back from Authsignal's page. */
export interface ClientContext {
  locale: string
  redirectUrl: string
  deviceId?: string
}

/** The two calls a sign-in takes, and the two that need only one because the proof is there first. */
export interface SignInApi {
  /** @param key random, and new for each submission of the form */
  startSignIn(start: Identifier & ClientContext, key: string): Promise<Answer<Started>>
  finishSignIn(proof: { session: string; token: string }): Promise<Answer<Tokens>>
  passkeySignIn(token: string): Promise<Answer<Tokens>>
  idTokenSignIn(proof: { idToken: string; nonce: string }): Promise<Answer<Tokens>>
}

export function signInApi(call: Call): SignInApi {
  const method = 'POST'
  return {
    startSignIn: (body, idempotencyKey) =>
      call({ method, path: '/start-sign-in', body, idempotencyKey, read: readStarted }),
    finishSignIn: (body) => call({ method, path: '/finish-sign-in', body, read: readTokens }),
    passkeySignIn: (token) =>
      call({ method, path: '/passkey-sign-in', body: { token }, read: readTokens }),
    idTokenSignIn: (body) => call({ method, path: '/id-token-sign-in', body, read: readTokens }),
  }
}

export function readTokens(body: unknown): Tokens | undefined {
  const accessToken = stringIn(body, 'accessToken')
  const idToken = stringIn(body, 'idToken')
  const refreshToken = stringIn(body, 'refreshToken')
  const expiresIn = numberIn(body, 'expiresIn')
  if (!accessToken || !idToken || !refreshToken || !expiresIn) return undefined
  return { accessToken, idToken, refreshToken, expiresIn }
}
