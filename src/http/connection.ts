import type { FastifyRequest } from 'fastify'
import type { Connection } from '../sign-in/client-context.ts'
import { clientAddress } from './client-address.ts'

/** Cognito carries it in ClientMetadata; no rule needs more of it. */
const MAX_USER_AGENT = 512

/** Who is calling. */
export function connectionOf(request: FastifyRequest): Connection {
  const userAgent = request.headers['user-agent']?.slice(0, MAX_USER_AGENT)
  return { ipAddress: clientAddress(request), ...(userAgent === undefined ? {} : { userAgent }) }
}
