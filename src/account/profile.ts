import { isTrue } from '../addresses.ts'
import type { Account } from './ports.ts'

/** What a profile consists of beside the addresses, with Cognito's names (OpenID Connect Core, 5.1). */
const CLAIMS = {
  name: 'name',
  givenName: 'given_name',
  familyName: 'family_name',
  middleName: 'middle_name',
  nickname: 'nickname',
  picture: 'picture',
  website: 'website',
  gender: 'gender',
  birthdate: 'birthdate',
  zoneinfo: 'zoneinfo',
  locale: 'locale',
} as const

export type ProfileField = keyof typeof CLAIMS
export const PROFILE_FIELDS = Object.keys(CLAIMS).filter(isProfileField)

export function isProfileField(name: string): name is ProfileField {
  return Object.hasOwn(CLAIMS, name)
}

export type ProfileChanges = { [Field in ProfileField]?: string }

/** What a user sees of their account; never a name or status of Cognito's. */
export interface Profile extends ProfileChanges {
  userId: string
  email?: string
  emailVerified?: boolean
  phoneNumber?: string
  phoneNumberVerified?: boolean
}

export function profileOf({ sub, attributes }: Account): Profile {
  const { email, phone_number: phoneNumber } = attributes
  const profile: Profile = { userId: sub }
  if (email) {
    profile.email = email
    profile.emailVerified = isTrue(attributes['email_verified'])
  }
  if (phoneNumber) {
    profile.phoneNumber = phoneNumber
    profile.phoneNumberVerified = isTrue(attributes['phone_number_verified'])
  }
  for (const field of PROFILE_FIELDS) {
    const value = attributes[CLAIMS[field]]
    if (value) profile[field] = value
  }
  return profile
}

/** The same changes under Cognito's names. */
export function attributesOf(changes: ProfileChanges): Record<string, string> {
  const attributes: Record<string, string> = {}
  for (const field of PROFILE_FIELDS) {
    const value = changes[field]
    if (value !== undefined) attributes[CLAIMS[field]] = value
  }
  return attributes
}
