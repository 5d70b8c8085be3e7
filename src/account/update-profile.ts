import { ServiceError } from '../errors.ts'
import { callerOf } from './caller.ts'
import type { AccountDeps } from './deps.ts'
import { attributesOf, isProfileField, profileOf } from './profile.ts'
import type { Profile, ProfileChanges } from './profile.ts'

/**
 * Changes what the operator lets users change of their profile. An empty text removes a field.
 * @returns the profile as it then is
 * @throws ServiceError `invalid_request`, `invalid_token`, `upstream_*`
 */
export async function updateProfile(
  deps: AccountDeps,
  accessToken: string,
  changes: ProfileChanges,
): Promise<Profile> {
  refuseFixedFields(deps, changes)
  const { account } = await callerOf(deps, accessToken)
  const attributes = attributesOf(changes)
  const outcome = await deps.accounts.update(accessToken, attributes, deps.signal)
  if (outcome === 'refused') throw new ServiceError('invalid_token')
  if (outcome === 'invalid')
    throw invalid([{ pointer: '', detail: 'A value is not allowed here.' }])
  return profileOf({ ...account, attributes: { ...account.attributes, ...attributes } })
}

function refuseFixedFields({ settings }: AccountDeps, changes: ProfileChanges): void {
  const fixed = Object.keys(changes).filter(
    (name) => !isProfileField(name) || !settings.profileFields.includes(name),
  )
  if (fixed.length === 0) return
  throw invalid(
    fixed.map((name) => ({ pointer: `/${name}`, detail: 'This field cannot be changed here.' })),
  )
}

function invalid(errors: { pointer: string; detail: string }[]): ServiceError {
  return new ServiceError('invalid_request', { errors })
}
