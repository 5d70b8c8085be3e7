import {
  createRemoteJWKSet,
  customFetch,
  errors,
  jwtVerify,
  type FetchImplementation,
  type JWTPayload,
  type JWTVerifyOptions,
} from 'jose'
import { ServiceError, type UpstreamFailure } from './errors.ts'
import type { CallOutcome, UpstreamObserver } from './upstream/ports.ts'

const FETCH_TIMEOUT_MS = 3_000
/** A token with an unknown key id makes us look for new keys, but not more often than this. */
const COOLDOWN_MS = 30_000
const RETRY_AFTER_SECONDS = 5

export interface KeySet {
  /** Whose keys they are, for the log. */
  service: UpstreamFailure['service']
  url: string
  /** How soon after one look for keys there may be another. */
  cooldownMs?: number | undefined
  /** Told of each look for keys. */
  observer?: UpstreamObserver | undefined
}

/** What a token must say, beside being signed; never which algorithms are good. */
export type Checks = Omit<JWTVerifyOptions, 'algorithms' | 'crit'>

/**
 * @returns the claims; undefined when the token is not acceptable, for whatever reason
 * @throws ServiceError `upstream_*` while the keys cannot be had
 */
export type ReadToken = (token: string, checks: Checks) => Promise<JWTPayload | undefined>

/**
 * Reads tokens whose signer publishes its keys, without asking it about each.
 *
 * Keys once fetched are kept for good, so tokens stay readable while the key host is away; a key id
 * that is not among them is looked up, which is how rotated keys are found.
 */
export function tokenReader(keySet: KeySet): ReadToken {
  const url = new URL(keySet.url)
  let keys: ReturnType<typeof createRemoteJWKSet> | undefined
  return async (token, checks) => {
    // Not before: it makes Headers, and Node loads all of its fetch for them.
    keys ??= createRemoteJWKSet(url, {
      timeoutDuration: FETCH_TIMEOUT_MS,
      cooldownDuration: keySet.cooldownMs ?? COOLDOWN_MS,
      cacheMaxAge: Number.POSITIVE_INFINITY,
      [customFetch]: observedFetch(keySet),
    })
    try {
      // One algorithm: a token that names another is no token of theirs (RFC 8725, section 3.1).
      return (await jwtVerify(token, keys, { ...checks, algorithms: ['RS256'] })).payload
    } catch (error) {
      if (isAboutToken(error)) return undefined
      throw withoutKeys(keySet, error)
    }
  }
}

function observedFetch({ service, observer }: KeySet): FetchImplementation {
  return async (url, options) => {
    const startedAt = performance.now()
    let outcome: CallOutcome = 'failed'
    try {
      const answer = await fetch(url, options)
      if (answer.ok) outcome = 'ok'
      return answer
    } catch (error) {
      if (error instanceof Error && error.name === 'TimeoutError') outcome = 'timeout'
      throw error
    } finally {
      const seconds = (performance.now() - startedAt) / 1000
      observer?.onCall?.({ service, operation: 'JWKS', outcome, seconds })
    }
  }
}

/** What is wrong with the token is the client's affair; that its keys cannot be had is not. */
function isAboutToken(error: unknown): boolean {
  return (
    error instanceof errors.JOSEError &&
    !(error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) &&
    // How jose names an answer of the key host that is no key set at all.
    error.code !== 'ERR_JOSE_GENERIC'
  )
}

function withoutKeys({ service }: KeySet, error: unknown): ServiceError {
  const upstream = { service, operation: 'JWKS' }
  if (error instanceof errors.JWKSTimeout) {
    return new ServiceError('upstream_timeout', { upstream: { ...upstream, reason: 'timeout' } })
  }
  return new ServiceError('upstream_unavailable', {
    retryAfter: RETRY_AFTER_SECONDS,
    upstream: { ...upstream, reason: 'keys cannot be fetched' },
  })
}
