import { normalised, type Pool } from '../pool.ts'
import { invalidParameter } from '../protocol/errors.ts'
import type { User } from './user.ts'

const FILTER = /^\s*"?([\w:]+)"?\s*(\^?=)\s*"((?:[^"\\]|\\.)*)"\s*$/

// AWS docs: how-to-manage-user-accounts list what can be searched; custom attributes cannot.
const SEARCHABLE: Record<string, (user: User) => string | undefined> = {
  username: (user) => user.username,
  sub: (user) => user.sub,
  'cognito:user_status': (user) => user.status,
  status: (user) => (user.enabled ? 'Enabled' : 'Disabled'),
  ...Object.fromEntries(
    ['email', 'phone_number', 'name', 'given_name', 'family_name', 'preferred_username'].map(
      (name) => [name, (user: User) => user.attributes[name]],
    ),
  ),
}

/** `attribute = "value"` or `attribute ^= "value"`; texts of the two refusals are assumed. */
export function userFilter(pool: Pool, filter: string | undefined): (user: User) => boolean {
  if (!filter) return () => true
  const [, name = '', operator, quoted = ''] = FILTER.exec(filter) ?? []
  if (!operator) throw invalidParameter('Invalid search filter.')
  const valueOf = Object.hasOwn(SEARCHABLE, name) ? SEARCHABLE[name] : undefined
  if (!valueOf) throw invalidParameter('One or more requested attributes cannot be searched.')
  const wanted = normalised(pool, quoted.replaceAll(/\\(.)/g, '$1'))
  return (user) => {
    const value = valueOf(user)
    if (value === undefined) return false
    const found = normalised(pool, value)
    return operator === '=' ? found === wanted : found.startsWith(wanted)
  }
}
