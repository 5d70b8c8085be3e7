import { parsePhoneNumberFromString } from 'libphonenumber-js/min'
import type { EnrolledAuthenticator } from '../authsignal/answers.ts'
import { ServiceError } from '../errors.ts'

/** A way in, as its user sees it. */
export interface Authenticator {
  authenticatorId: string
  verificationMethod: string
  /** ISO 8601 in UTC, to the second. */
  createdAt: string
  verifiedAt?: string
  lastVerifiedAt?: string
  /** Masked, as is the number: enough to be recognised by who knows it. */
  email?: string
  phoneNumber?: string
  name?: string
}

/** @throws ServiceError `upstream_error` when Authsignal's entry cannot be used */
export function describe(entry: EnrolledAuthenticator): Authenticator {
  const { id, method, address, name, verifiedAt, lastVerifiedAt } = entry
  const createdAt = toSecond(entry.createdAt)
  if (createdAt === undefined) {
    throw new ServiceError('upstream_error', {
      upstream: { service: 'authsignal', operation: 'authenticators', reason: 'unusable' },
    })
  }
  const times = { verifiedAt: toSecond(verifiedAt), lastVerifiedAt: toSecond(lastVerifiedAt) }
  return {
    authenticatorId: id,
    verificationMethod: method,
    createdAt,
    ...(times.verifiedAt === undefined ? {} : { verifiedAt: times.verifiedAt }),
    ...(times.lastVerifiedAt === undefined ? {} : { lastVerifiedAt: times.lastVerifiedAt }),
    ...(address === undefined ? {} : masked(address)),
    ...(name === undefined ? {} : { name }),
  }
}

/** Without a fraction: the default decoder of Swift clients takes none. */
function toSecond(time: string | undefined): string | undefined {
  const date = new Date(time ?? Number.NaN)
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString().replace(/\.\d+Z$/, 'Z')
}

/** Always the same number of stars, so that the length does not show either. */
const EMAIL_STARS = '***'
const PHONE_STARS = '*****'

function masked(address: string): { email: string } | { phoneNumber: string } {
  const at = address.lastIndexOf('@')
  if (at > 0) {
    const [first = ''] = address
    return { email: `${first}${EMAIL_STARS}${address.slice(at)}` }
  }
  const country = parsePhoneNumberFromString(address)?.countryCallingCode ?? ''
  return { phoneNumber: `+${country}${PHONE_STARS}${address.slice(-2)}` }
}
