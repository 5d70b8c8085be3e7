import t from 'tap'
import { examines } from './support.ts'

examines(t, 'pool.mfa', [
  ['off', { pool: { MfaConfiguration: 'OFF' } }, 'ok'],
  ['not told', { pool: { MfaConfiguration: undefined } }, 'ok'],
  ['on', { pool: { MfaConfiguration: 'ON' } }, 'problem', /is ON/, /set-user-pool-mfa-config/],
  ['up to the user', { pool: { MfaConfiguration: 'OPTIONAL' } }, 'problem', /OPTIONAL/],
])

examines(t, 'pool.case', [
  [
    'not told, which is how the API makes pools',
    { pool: { UsernameConfiguration: undefined } },
    'warning',
  ],
  [
    'sensitive',
    { pool: { UsernameConfiguration: { CaseSensitive: true } } },
    'warning',
    /CaseSensitive=false/,
  ],
])

const everybody = { AdminCreateUserConfig: { AllowAdminCreateUserOnly: false } }
examines(t, 'pool.sign-up', [
  [
    'open, and the service creates',
    { pool: everybody },
    'warning',
    /AllowAdminCreateUserOnly=true/,
  ],
  ['open, and nobody creates', { pool: everybody, env: { PROVISIONING: 'none' } }, 'warning'],
  ['open for sign-up', { pool: everybody, env: { PROVISIONING: 'sign-up' } }, 'ok'],
  ['closed, not told', { pool: { AdminCreateUserConfig: undefined } }, 'warning'],
  [
    'closed to sign-up',
    { env: { PROVISIONING: 'sign-up' } },
    'problem',
    /AllowAdminCreateUserOnly=false.*PROVISIONING=create/,
  ],
])

examines(t, 'pool.auto-verified', [
  ['none', { pool: { AutoVerifiedAttributes: [] } }, 'ok'],
  ['email', { pool: { AutoVerifiedAttributes: ['email'] } }, 'warning', /has email/, /=\[\]'/],
])

examines(t, 'pool.deletion-protection', [
  ['off', { pool: { DeletionProtection: 'INACTIVE' } }, 'warning', /DeletionProtection="ACTIVE"/],
])

const aliases = { UsernameAttributes: undefined, AliasAttributes: ['email' as const] }
const plain = { UsernameAttributes: undefined }
const lookup = { USERNAME_FORM: 'lookup' }
examines(t, 'pool.username-form', [
  ['addresses', {}, 'ok', /email, phone_number/],
  ['aliases', { pool: aliases }, 'ok'],
  ['aliases, looked up', { pool: aliases, env: lookup }, 'ok'],
  ['plain, looked up', { pool: plain, env: lookup }, 'ok'],
  ['plain', { pool: plain }, 'warning', /USERNAME_FORM=lookup/],
  [
    'an alias that is no address',
    { pool: { ...plain, AliasAttributes: ['preferred_username'] } },
    'warning',
  ],
  ['addresses, looked up', { env: lookup }, 'problem', /USERNAME_FORM=attribute/],
])

const requiring = (...names: string[]) => ({
  SchemaAttributes: ['sub', ...names].map((Name) => ({ Name, Required: true })),
})
examines(t, 'pool.required-attributes', [
  ['the address', { pool: requiring('email') }, 'ok', /nobody can sign up by phone number/],
  [
    'both addresses',
    { pool: requiring('email', 'phone_number') },
    'warning',
    /email and phone_number are/,
  ],
  ['a name', { pool: requiring('name') }, 'warning', /name is required/, /PROVISIONING=none/],
  [
    'a name, of who signs up',
    { pool: requiring('name'), env: { PROVISIONING: 'sign-up' } },
    'problem',
  ],
  ['a name, of nobody', { pool: requiring('name'), env: { PROVISIONING: 'none' } }, 'skipped'],
])

const arn = (region: string, account = '123456789012') =>
  `arn:aws:lambda:${region}:${account}:function:any`
const triggers = (changes: Record<string, string | undefined>) => ({
  pool: {
    LambdaConfig: {
      DefineAuthChallenge: arn('eu-west-1'),
      CreateAuthChallenge: arn('eu-west-1'),
      VerifyAuthChallengeResponse: arn('eu-west-1'),
      ...changes,
    },
  },
})

examines(t, 'triggers.attached', [
  ['three', {}, 'ok'],
  ['none', { pool: { LambdaConfig: undefined } }, 'problem', /Define.*, Create.* and Verify/],
  [
    'no verify',
    triggers({ VerifyAuthChallengeResponse: undefined }),
    'problem',
    /nothing is attached as VerifyAuthChallengeResponse\n/,
    /<ARN of verify-auth-challenge-response>/,
  ],
  ['three for sign-up', { env: { PROVISIONING: 'sign-up' } }, 'problem', /as PreSignUp/],
  [
    'four for sign-up',
    { ...triggers({ PreSignUp: arn('eu-west-1') }), env: { PROVISIONING: 'sign-up' } },
    'ok',
  ],
])

examines(t, 'triggers.place', [
  ['none', { pool: { LambdaConfig: {} } }, 'skipped'],
  [
    'another region',
    triggers({ CreateAuthChallenge: arn('us-east-1') }),
    'problem',
    /CreateAuthChallenge: of another region/,
    /in eu-west-1>/,
  ],
  [
    'another account',
    triggers({ DefineAuthChallenge: arn('eu-west-1', '999999999999') }),
    'warning',
    /DefineAuthChallenge: of another account/,
  ],
])
