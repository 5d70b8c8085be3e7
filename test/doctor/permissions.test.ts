import t from 'tap'
import type { Permission } from '../../src/doctor/facts.ts'
import { examines, factsOf, type Setup } from './support.ts'

/** Only the one that is checked, so that no other gets in the way. */
const without = (permission: Permission, setup: Setup = {}): Setup => ({
  ...setup,
  permissions: { ...factsOf().permissions, [permission]: { seen: 'denied' } },
})
const plain = { pool: { UsernameAttributes: undefined } }
const none = { env: { PROVISIONING: 'none' } }
const lookup = { USERNAME_FORM: 'lookup' }

examines(t, 'permissions.AdminCreateUser', [
  ['allowed', {}, 'ok'],
  [
    'denied',
    without('AdminCreateUser'),
    'problem',
    /put-role-policy/,
    /"Action":"cognito-idp:AdminCreateUser","Resource":"arn:aws:cognito-idp:eu-west-1:123456789012:userpool\//,
  ],
  ['denied, and nobody is created', without('AdminCreateUser', none), 'skipped'],
])

examines(t, 'permissions.AdminGetUser', [
  ['denied, and no name is made up', without('AdminGetUser'), 'skipped'],
  ['denied', without('AdminGetUser', plain), 'problem', /cognito-idp:AdminGetUser/],
])

examines(t, 'permissions.AdminUpdateUserAttributes', [
  ['denied', without('AdminUpdateUserAttributes'), 'problem', /AdminUpdateUserAttributes/],
  [
    'denied to a service without users of its own',
    without('AdminUpdateUserAttributes', none),
    'warning',
  ],
])

examines(t, 'permissions.ListUsers', [
  ['denied, and usernames are addresses', without('ListUsers'), 'skipped'],
  ['denied', without('ListUsers', plain), 'problem', /cognito-idp:ListUsers/],
  ['denied, and nobody is created', without('ListUsers', { ...plain, ...none }), 'warning'],
  [
    'denied, and users are looked up',
    without('ListUsers', { ...plain, env: { ...none.env, ...lookup } }),
    'problem',
  ],
])
