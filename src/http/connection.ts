import type { FastifyRequest } from 'fastify'
import type { Connection } from '../sign-in/client-context.ts'

/** Cognito carries it in ClientMetadata; no rule needs more of it. */
const MAX_USER_AGENT = 512

/** Who is calling; behind a proxy only what `TRUST_PROXY` lets through. */
export function connectionOf({ ip, headers }: FastifyRequest): Connection {
  const userAgent = headers['user-agent']?.slice(0, MAX_USER_AGENT)
  return { ipAddress: ip, ...(userAgent === undefined ? {} : { userAgent }) }
}
