import { attributesOf, type ProfileField } from '../../account/profile.ts'
import { listed, ok, problem, skipped, warning } from '../check.ts'
import { changeClient, settingOf } from '../fixes.ts'
import { clientCheck } from './app-client.ts'

const ADDRESSES = ['email', 'phone_number']
const FLAGS = ADDRESSES.map((name) => `${name}_verified`)

/** Under Cognito's names. */
function profileAttributes(fields: readonly ProfileField[]): string[] {
  return Object.keys(attributesOf(Object.fromEntries(fields.map((field) => [field, '']))))
}

const profile = clientCheck({
  id: 'client.profile-attributes',
  holds: 'the app client may write what `PROFILE_ATTRIBUTES` names',
  why: '`PATCH /me` would fail for everybody',
  worst: 'problem',
  examine({ WriteAttributes }, { config: { PROFILE_ATTRIBUTES } }) {
    if (PROFILE_ATTRIBUTES.length === 0) return skipped('PROFILE_ATTRIBUTES names none')
    // AWS docs: without a list every standard attribute may be written.
    if (WriteAttributes === undefined) return ok('every attribute may be written')
    const missing = profileAttributes(PROFILE_ATTRIBUTES).filter(
      (name) => !WriteAttributes.includes(name),
    )
    if (missing.length === 0) return ok('all of them may be written')
    const wanted = settingOf('WriteAttributes', [...WriteAttributes, ...missing])
    return problem(
      `may not be written: ${listed(missing)}`,
      `${changeClient(wanted)}, or leave them out of PROFILE_ATTRIBUTES`,
    )
  },
})

const addresses = clientCheck({
  id: 'client.address-attributes',
  holds: 'users cannot write `email` and `phone_number` themselves',
  why: 'with their access token they would take up an address that they have not proven',
  worst: 'problem',
  examine({ WriteAttributes }, { config: { PROVISIONING, PROFILE_ATTRIBUTES } }) {
    const writable = ADDRESSES.filter((name) => WriteAttributes?.includes(name) ?? true)
    if (PROVISIONING === 'sign-up') {
      if (writable.length === ADDRESSES.length) {
        return ok('they can, as they must: SignUp writes them for PROVISIONING=sign-up')
      }
      const wanted = [...new Set([...(WriteAttributes ?? []), ...ADDRESSES])]
      return problem(
        'they cannot, but SignUp must, and PROVISIONING is sign-up',
        changeClient(settingOf('WriteAttributes', wanted)),
      )
    }
    if (writable.length === 0) return ok('they cannot')
    const left = WriteAttributes ?? profileAttributes(PROFILE_ATTRIBUTES)
    const wanted = left.filter((name) => !ADDRESSES.includes(name))
    return warning(
      `${listed(writable)} can be written`,
      changeClient(settingOf('WriteAttributes', wanted)),
    )
  },
})

const readable = clientCheck({
  id: 'client.read-attributes',
  holds: 'the app client may read addresses, their flags and the profile',
  why: 'what it may not read is not there for `/me` and `/authenticators`',
  worst: 'problem',
  examine({ ReadAttributes }, { config: { PROFILE_ATTRIBUTES } }) {
    if (ReadAttributes === undefined) return ok('every attribute may be read')
    const hidden = (names: readonly string[]) =>
      names.filter((name) => !ReadAttributes.includes(name))
    const aboutAddresses = hidden([...ADDRESSES, ...FLAGS])
    const missing = [...aboutAddresses, ...hidden(profileAttributes(PROFILE_ATTRIBUTES))]
    if (missing.length === 0) return ok('all of them may be read')
    const found = `may not be read: ${listed(missing)}`
    const fix = changeClient(settingOf('ReadAttributes', [...ReadAttributes, ...missing]))
    return aboutAddresses.length > 0 ? problem(found, fix) : warning(found, fix)
  },
})

export const CLIENT_ATTRIBUTES = [profile, addresses, readable]
