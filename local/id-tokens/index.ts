import cors from '@fastify/cors'
import type { FastifyRequest } from 'fastify'
import { SignJWT } from 'jose'
import { generateSigningKey, publicJwk, type SigningKey } from '../cognito/tokens/signing-keys.ts'
import type { Clock } from '../support/clock.ts'
import type { FaultInjector } from '../support/faults.ts'
import { localServer, type Call } from '../support/local-server.ts'
import { AUDIENCES, claimsFor, type Provider, type TokenRequest } from './claims.ts'

export type { Provider, TokenRequest } from './claims.ts'

export interface LocalIdTokensOptions {
  /** 0, the default, picks a free one. */
  port?: number
  host?: string
  /** Where the service finds it, which makes the issuers; where it listens by default. */
  publicOrigin?: string
}

/** Stands in for Google and Apple, who in it give anybody a token for any address. */
export interface LocalIdTokens {
  origin: string
  calls: Call[]
  faults: FaultInjector
  clock: Clock
  /** The environment in which the service accepts the tokens. */
  serviceEnv: Record<string, string>
  /** What the provider's button gives an app. */
  idToken(provider: Provider, request: TokenRequest): Promise<string>
  close(): Promise<void>
}

const PROVIDERS = ['google', 'apple'] as const

/** Starts it on a real port. Keys are made when first asked for: few tests need them. */
export async function startLocalIdTokens(
  options: LocalIdTokensOptions = {},
): Promise<LocalIdTokens> {
  const server = localServer(operationOf)
  const { app, clock, faults, calls } = server
  const keys = { google: once(generateSigningKey), apple: once(generateSigningKey) }
  let origin = ''
  const idToken = async (provider: Provider, request: TokenRequest): Promise<string> => {
    const { kid, privateKey } = await keys[provider]()
    const now = Math.floor(clock.now() / 1000)
    return new SignJWT(claimsFor(provider, { origin, now }, request))
      .setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' })
      .sign(privateKey)
  }

  await app.register(cors, { origin: true })
  for (const provider of PROVIDERS) {
    app.get(`/${provider}/jwks`, async () => ({ keys: [publicJwk(await keys[provider]())] }))
    app.post(`/${provider}`, async ({ body }, reply) => {
      if (isTokenRequest(body)) return { idToken: await idToken(provider, body) }
      return reply.code(400).send({ error: 'Send JSON with an email.' })
    })
  }
  const listening = await server.listen(options.port, options.host)
  origin = options.publicOrigin ?? listening

  return {
    origin,
    calls,
    faults,
    clock,
    serviceEnv: serviceEnv(origin),
    idToken,
    close: () => server.close(),
  }
}

function serviceEnv(origin: string): Record<string, string> {
  return {
    GOOGLE_ENDPOINT: `${origin}/google`,
    GOOGLE_AUDIENCES: AUDIENCES.google,
    APPLE_ENDPOINT: `${origin}/apple`,
    APPLE_AUDIENCES: AUDIENCES.apple,
  }
}

function isTokenRequest(body: unknown): body is TokenRequest {
  return (
    typeof body === 'object' && body !== null && 'email' in body && typeof body.email === 'string'
  )
}

function once(make: () => Promise<SigningKey>): () => Promise<SigningKey> {
  let made: Promise<SigningKey> | undefined
  return () => (made ??= make())
}

/** `GET /google/jwks`, `POST /apple`; a preflight is the browser's affair, not a call. */
function operationOf({ method, routeOptions }: FastifyRequest): string | undefined {
  const url = routeOptions.url ?? ''
  return /^\/(google|apple)/.test(url) && method !== 'OPTIONS' ? `${method} ${url}` : undefined
}
