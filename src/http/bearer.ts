import type { FastifyRequest } from 'fastify'
import { ServiceError } from '../errors.ts'

/**
 * The access token of a request (RFC 6750).
 * @throws ServiceError `invalid_token` when there is none in the form of one
 */
export function bearerToken({ headers }: FastifyRequest): string {
  const [, token] = /^Bearer ([\w.~+/-]+=*)$/i.exec(headers.authorization ?? '') ?? []
  if (token === undefined || token.length > MAX_LENGTH) throw new ServiceError('invalid_token')
  return token
}

/** Cognito's are about 1,000 characters, more with many groups. */
const MAX_LENGTH = 16_384
