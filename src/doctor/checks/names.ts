import type { UserPoolType } from '@aws-sdk/client-cognito-identity-provider'
import { listed, ok, problem, skipped, warning, type Verdict } from '../check.ts'
import { poolCheck } from './user-pool.ts'

const ADDRESSES: ReadonlySet<string> = new Set(['email', 'phone_number'])

/** How a pool names its users; immutable (AWS docs: user-pool-settings-attributes). */
export function namesOf(pool: UserPoolType): 'addresses' | 'aliases' | 'plain' {
  if ((pool.UsernameAttributes ?? []).length > 0) return 'addresses'
  const hasAliases = (pool.AliasAttributes ?? []).some((name) => ADDRESSES.has(name))
  return hasAliases ? 'aliases' : 'plain'
}

const usernameForm = poolCheck({
  id: 'pool.username-form',
  holds: '`USERNAME_FORM` fits the way the pool names its users',
  why: 'who is not found by their address cannot sign in with it',
  worst: 'problem',
  examine(pool, { config: { USERNAME_FORM } }) {
    const names = namesOf(pool)
    const found = {
      addresses: `usernames are addresses (${(pool.UsernameAttributes ?? []).join(', ')})`,
      aliases: `addresses are aliases (${(pool.AliasAttributes ?? []).join(', ')})`,
      plain: 'usernames have nothing to do with addresses',
    }[names]
    if (USERNAME_FORM === 'lookup' && names === 'addresses') {
      return problem(`${found}, and USERNAME_FORM is lookup`, 'set USERNAME_FORM=attribute')
    }
    if (USERNAME_FORM === 'attribute' && names === 'plain') {
      return warning(
        `${found}: only users named by their address are found`,
        'set USERNAME_FORM=lookup, unless every username is an address',
      )
    }
    return ok(`${found}, USERNAME_FORM is ${USERNAME_FORM}`)
  },
})

const requiredAttributes = poolCheck({
  id: 'pool.required-attributes',
  holds: 'the pool requires nothing of new users that the service does not know',
  why: 'the service knows only the address somebody typed',
  worst: 'problem',
  examine(pool, { config: { PROVISIONING } }) {
    if (PROVISIONING === 'none') return skipped('PROVISIONING is none: no users are made')
    const required = (pool.SchemaAttributes ?? []).flatMap(({ Name, Required }) =>
      Required && Name !== undefined && Name !== 'sub' ? [Name] : [],
    )
    return verdictOn(required, PROVISIONING)
  },
})

function verdictOn(required: string[], provisioning: 'create' | 'sign-up'): Verdict {
  const [only, ...more] = required
  if (only === undefined) return ok('no attribute is required')
  const found = `${listed(required)} ${more.length > 0 ? 'are' : 'is'} required`
  if (more.length === 0 && ADDRESSES.has(only)) {
    const other = only === 'email' ? 'phone number' : 'email address'
    return ok(`${found}, so nobody can sign up by ${other}`)
  }
  const fix =
    'aws cognito-idp create-user-pool … for a new pool without them (they cannot be changed), or set PROVISIONING=none'
  // AWS docs: user-pool-settings-attributes: administrators may leave them out.
  return provisioning === 'sign-up' ? problem(found, fix) : warning(found, fix)
}

export const NAMES = [usernameForm, requiredAttributes]
