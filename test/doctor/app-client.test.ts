import t from 'tap'
import { examines, verdictOf, type Setup } from './support.ts'

const flows = (...ExplicitAuthFlows: string[]) => ({ client: { ExplicitAuthFlows } }) as Setup
const CUSTOM = 'ALLOW_CUSTOM_AUTH'
const REFRESH = 'ALLOW_REFRESH_TOKEN_AUTH'

examines(t, 'client.custom-auth', [
  ['not set, which allows it', flows(), 'ok'],
  ['older spelling', flows('CUSTOM_AUTH_FLOW_ONLY'), 'ok'],
  [
    'not allowed',
    flows(REFRESH),
    'problem',
    /ExplicitAuthFlows=\["ALLOW_CUSTOM_AUTH","ALLOW_REFRESH_TOKEN_AUTH"\]/,
  ],
])

examines(t, 'client.password-flows', [
  ['not set, which allows SRP', flows(), 'warning', /ALLOW_USER_SRP_AUTH/, /default/],
  ...[
    'ALLOW_USER_PASSWORD_AUTH',
    'ALLOW_ADMIN_USER_PASSWORD_AUTH',
    'ALLOW_USER_SRP_AUTH',
    'ALLOW_USER_AUTH',
    'ADMIN_NO_SRP_AUTH',
  ].map(
    (flow) =>
      [flow, flows(CUSTOM, REFRESH, flow), 'warning', new RegExp(`beside it: ${flow}\n`)] as [
        string,
        Setup,
        'warning',
        RegExp,
      ],
  ),
])

const rotating = (RetryGracePeriodSeconds?: number, ExplicitAuthFlows = [CUSTOM]) =>
  ({
    client: {
      ExplicitAuthFlows,
      RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds },
    },
  }) as Setup

examines(t, 'client.refresh', [
  ['rotation without the flow', rotating(10), 'ok'],
  [
    'rotation with the flow',
    rotating(10, [CUSTOM, REFRESH]),
    'warning',
    /=\["ALLOW_CUSTOM_AUTH"\]'/,
  ],
  ['neither', flows(CUSTOM), 'warning', /"ALLOW_REFRESH_TOKEN_AUTH"/],
])

examines(t, 'client.rotation-grace', [
  ['no rotation', {}, 'skipped'],
  ['none', rotating(), 'warning', /0 s of grace, without Redis/, /RetryGracePeriodSeconds=10/],
  ['too little', rotating(9), 'warning', /REDIS_URL/],
  ['enough', rotating(10), 'ok'],
  ['none, with Redis', { ...rotating(0), env: { REDIS_URL: 'redis://localhost' } }, 'ok'],
])

const legacy = { PreventUserExistenceErrors: 'LEGACY' as const }
examines(t, 'client.user-existence', [
  ['shown to who has the secret', { client: legacy }, 'warning', /"ENABLED"/],
  [
    'shown to everybody',
    { client: { ...legacy, ClientSecret: undefined } },
    'problem',
    /"ENABLED"/,
  ],
  ['not told', { client: { PreventUserExistenceErrors: undefined } }, 'warning', /LEGACY/],
])

const minutes = (AuthSessionValidity?: number) => ({ client: { AuthSessionValidity } })
examines(t, 'client.session-validity', [
  ['shorter than promised', minutes(3), 'problem', /COGNITO_AUTH_SESSION_MINUTES=3, or/],
  ['not told, so three', minutes(), 'problem', /AuthSessionValidity is 3/],
  ['longer than promised', minutes(15), 'warning', /change_client '.AuthSessionValidity=10'/],
])

examines(t, 'client.token-revocation', [
  ['off', { client: { EnableTokenRevocation: false } }, 'problem', /EnableTokenRevocation=true/],
  ['not told', { client: { EnableTokenRevocation: undefined } }, 'problem'],
])

const noSecret = { client: { ClientSecret: undefined } }
const notConfigured = { env: { COGNITO_CLIENT_SECRET: '' } }
examines(t, 'client.secret', [
  ['the same', {}, 'ok'],
  [
    'another',
    { env: { COGNITO_CLIENT_SECRET: 'another' } },
    'problem',
    /describe-user-pool-client/,
  ],
  ['not configured', notConfigured, 'problem', /not set/, /describe-user-pool-client/],
  ['not there', noSecret, 'problem', /has no secret/, /unset COGNITO_CLIENT_SECRET/],
  ['neither', { ...noSecret, ...notConfigured }, 'warning', /--generate-secret/],
])

t.test('no verdict on the secret has either of them in it', async (t) => {
  for (const env of [{}, { COGNITO_CLIENT_SECRET: 'another' }, { COGNITO_CLIENT_SECRET: '' }]) {
    t.notMatch(JSON.stringify(verdictOf('client.secret', { env })), /the0client0secret|another/)
  }
})

const writable = (WriteAttributes?: string[]) => ({ client: { WriteAttributes } })
examines(t, 'client.profile-attributes', [
  ['all standard ones', writable(), 'ok'],
  [
    'some',
    { ...writable(['email', 'name']), env: { PROFILE_ATTRIBUTES: 'name,givenName' } },
    'problem',
    /may not be written: given_name/,
    /WriteAttributes=\["email","name","given_name"\]/,
  ],
  ['nobody wants any', { ...writable(['email']), env: { PROFILE_ATTRIBUTES: ',' } }, 'skipped'],
])

examines(t, 'client.address-attributes', [
  ['none', {}, 'ok'],
  ['all standard ones', writable(), 'warning', /email and phone_number can/, /\["name",/],
  ['one', writable(['name', 'email']), 'warning', /^email can/, /WriteAttributes=\["name"\]/],
  ['both, as SignUp needs', { ...writable(), env: { PROVISIONING: 'sign-up' } }, 'ok'],
  [
    'one, where SignUp needs both',
    { ...writable(['name', 'email']), env: { PROVISIONING: 'sign-up' } },
    'problem',
    /\["name","email","phone_number"\]/,
  ],
])

const readable = (...ReadAttributes: string[]) => ({ client: { ReadAttributes } })
const addresses = ['email', 'email_verified', 'phone_number', 'phone_number_verified']
examines(t, 'client.read-attributes', [
  ['no flags', readable('email', 'phone_number'), 'problem', /email_verified/],
  ['no profile', readable(...addresses), 'warning', /given_name/],
  [
    'everything wanted',
    { ...readable(...addresses, 'name'), env: { PROFILE_ATTRIBUTES: 'name' } },
    'ok',
  ],
])
