import { parsePhoneNumberFromString } from 'libphonenumber-js/min'
import { IsEmail } from 'typebox/format'
import { ServiceError } from '../errors.ts'

/** Who wants in, in the one spelling that both upstreams and all our hashes see. */
export interface Identifier {
  kind: 'email' | 'phoneNumber' | 'username'
  value: string
  /** Whose verified address it is, where a provider of ID tokens says so. */
  vouchedForBy?: 'GOOGLE' | 'APPLE'
  /** Where a phone number is at home. */
  phone?: PhoneOrigin
}

export interface PhoneOrigin {
  /** ISO regions; several where they share a range, none for satellites and the like. */
  countries: readonly string[]
  /** Country code and the first three digits after it; see `PREFIX_DIGITS`. */
  prefix: string
}

/**
 * Enough to tell operators apart in most countries, and areas in North America, where ranges that
 * cost more share a country code with those that do not.
 */
const PREFIX_DIGITS = 3

/** Cognito's limit for a username, which an email address may have to be (SDK model: UsernameType). */
const MAX_LENGTH = 128
const COGNITO_USERNAME = /^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$/u

/**
 * Reads the one identifier of a start request.
 * @throws ServiceError `invalid_request` naming the field, when there is none, more than one, or it is malformed
 */
export function parseIdentifier(input: {
  email?: string
  phoneNumber?: string
  username?: string
}): Identifier {
  const given = (['email', 'phoneNumber', 'username'] as const).filter(
    (kind) => input[kind] !== undefined,
  )
  const [kind] = given
  if (given.length !== 1 || kind === undefined) {
    throw invalid('', 'Send exactly one of email, phoneNumber and username.')
  }
  const text = (input[kind] ?? '').trim().normalize('NFC')
  return { kind, ...PARSERS[kind](text) }
}

const PARSERS = {
  email: (text: string) => ({ value: parseEmail(text) }),
  phoneNumber: parsePhoneNumber,
  username: (text: string) => ({ value: parseUsername(text) }),
}

function parseEmail(text: string): string {
  const email = text.toLowerCase()
  const domain = email.slice(email.lastIndexOf('@') + 1)
  if (email.length > MAX_LENGTH || !IsEmail(email) || !domain.includes('.')) {
    throw invalid('/email', 'Send an email address of at most 128 characters, like a@example.com.')
  }
  return email
}

function parsePhoneNumber(text: string): { value: string; phone: PhoneOrigin } {
  const number = parsePhoneNumberFromString(text, { extract: false })
  // "Possible", not "valid": number ranges change faster than any library's list of them, and a
  // number that is refused here can never sign in.
  if (!text.startsWith('+') || !number?.isPossible() || number.ext !== undefined) {
    throw invalid('/phoneNumber', 'Send the number with its country code, like +6421234567.')
  }
  const { country, countryCallingCode, nationalNumber } = number
  return {
    value: number.number,
    phone: {
      countries: country === undefined ? number.getPossibleCountries() : [country],
      prefix: `+${countryCallingCode}${nationalNumber.slice(0, PREFIX_DIGITS)}`,
    },
  }
}

function parseUsername(text: string): string {
  if (text.length > MAX_LENGTH || !COGNITO_USERNAME.test(text)) {
    throw invalid('/username', 'Send 1 to 128 letters, digits or signs, without spaces.')
  }
  // An address sent as a username would skip the rules for addresses.
  if (text.includes('@') || /^\+\d+$/.test(text)) {
    throw invalid('/username', 'Send an email address as email and a phone number as phoneNumber.')
  }
  return text
}

function invalid(pointer: string, detail: string): ServiceError {
  return new ServiceError('invalid_request', { errors: [{ pointer, detail }] })
}
