import { invalidParameter } from '../protocol/errors.ts'
import { ALIAS_KINDS } from './user.ts'

/** Every attribute a pool has from the start, beside `sub`. */
export const STANDARD: ReadonlySet<string> = new Set(
  `address birthdate email email_verified family_name gender given_name locale middle_name name
  nickname phone_number phone_number_verified picture preferred_username profile updated_at website
  zoneinfo`.split(/\s+/),
)

// AWS docs: user-pool-settings-attributes ask for a plus and digits; how many is unconfirmed.
const PHONE = /^\+[1-9]\d{6,14}$/
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/

export const isEmail = (value: string): boolean => EMAIL.test(value)
export const isPhoneNumber = (value: string): boolean => PHONE.test(value)

/** Any `custom:` attribute counts as declared; an empty value means delete and is let through. */
export function checkAttributes(attributes: Record<string, string>): void {
  for (const name of Object.keys(attributes)) {
    if (name === 'sub') throw invalidParameter('user.sub: Attribute cannot be updated.')
    if (!STANDARD.has(name) && !name.startsWith('custom:')) {
      throw invalidParameter(
        `Attributes did not conform to the schema: ${name}: Attribute does not exist in the schema.`,
      )
    }
  }
  const { email, phone_number: phoneNumber } = attributes
  if (email && !isEmail(email)) throw invalidParameter('Invalid email address format.')
  if (phoneNumber && !isPhoneNumber(phoneNumber)) {
    throw invalidParameter('Invalid phone number format.')
  }
}

/** A flag without its address makes no sense; the result of a change is checked, not the change. */
export function checkVerifiedFlags(attributes: Record<string, string>): void {
  for (const kind of ALIAS_KINDS) {
    if (attributes[`${kind}_verified`] !== undefined && !attributes[kind]) {
      const name = kind === 'email' ? 'Email' : 'Phone number'
      const article = kind === 'email' ? 'an email' : 'a phone number'
      throw invalidParameter(`${name} is required to verify/un-verify ${article}`)
    }
  }
}
