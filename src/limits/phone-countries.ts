import { isSupportedCountry } from 'libphonenumber-js/min'
import { ServiceError } from '../errors.ts'
import type { PhoneOrigin } from '../sign-in/identifier.ts'

/**
 * Refuses numbers of countries that the operator does not serve. One that could be of several is
 * taken if one of them is on the list; one of no country (satellites, +800) never.
 * @param allowed ISO regions; none means all
 * @throws ServiceError `invalid_request`: it is about the number, whoever has it
 */
export function checkPhoneCountry(
  phone: PhoneOrigin | undefined,
  allowed: readonly string[],
): void {
  if (phone === undefined || allowed.length === 0) return
  if (phone.countries.some((country) => allowed.includes(country))) return
  const detail = 'Phone numbers of this country are not served; use another number or way in.'
  throw new ServiceError('invalid_request', { errors: [{ pointer: '/phoneNumber', detail }] })
}

/** Whether there are phone numbers of it. */
export function isRegion(text: string): boolean {
  return isSupportedCountry(text)
}
