import { decodeJwt } from 'jose'
import { isRecord } from '../protocol/shape.ts'

const READS = new Set(['AdminGetUser', 'GetUser', 'InitiateAuth'])
const WRITES = new Set([
  'AdminSetUserPassword',
  'AdminUpdateUserAttributes',
  'UpdateUserAttributes',
])

/**
 * Which of the limits on one user a call counts against. The documentation names AdminInitiateAuth and
 * GetUser among the reads, UpdateUserAttributes among the writes; the others are assumed by their like.
 */
export function personalLimitOf(operation: string): 'reads' | 'writes' | undefined {
  if (READS.has(operation)) return 'reads'
  return WRITES.has(operation) ? 'writes' : undefined
}

/** The name a call is about; undefined where it does not say, or says nonsense, which is not judged here. */
export function nameIn(body: unknown): string | undefined {
  if (!isRecord(body)) return undefined
  const { Username, AuthParameters, AccessToken } = body
  if (typeof AccessToken === 'string') return holderOf(AccessToken)
  const name = isRecord(AuthParameters) ? AuthParameters['USERNAME'] : Username
  return typeof name === 'string' ? name : undefined
}

function holderOf(accessToken: string): string | undefined {
  try {
    const { username } = decodeJwt(accessToken)
    return typeof username === 'string' ? username : undefined
  } catch {
    return undefined
  }
}
