import t from 'tap'
import { awsFault } from '../../local/cognito/index.ts'
import type { LocalStack } from '../../local/local-stack.ts'
import { freePort } from '../../scripts/free-port.ts'
import { runDoctor, startPatient, visit, type Patient } from '../support/doctor.ts'

/** What it may call; each is read-only, or about a user who cannot exist. */
const ALLOWED = new Set([
  'DescribeUserPool',
  'DescribeUserPoolClient',
  'AdminCreateUser',
  'AdminGetUser',
  'AdminUpdateUserAttributes',
  'ListUsers',
])
const NOBODY = /^(doctor-[\da-f]{32}(@doctor\.invalid)?|\+999\d{11})$/

const denied = (operation: string) => (stack: LocalStack) =>
  stack.cognito.faults.add({
    operation,
    fault: awsFault(
      'AccessDeniedException',
      `User: arn:aws:iam::123456789012:role/bff is not authorized to perform: cognito-idp:${operation}`,
    ),
  })

const lambda = (region: string) => ({
  DefineAuthChallenge: `arn:aws:lambda:${region}:000000000000:function:define`,
  CreateAuthChallenge: `arn:aws:lambda:${region}:000000000000:function:create`,
  VerifyAuthChallengeResponse: `arn:aws:lambda:${region}:000000000000:function:verify`,
})

/** Each is wrong in one way, which one check must find, with a fix that says this. */
const MISCONFIGURATIONS: [what: string, patient: Patient, id: string, fix: RegExp][] = [
  [
    'custom authentication is not allowed',
    { client: { explicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'] } },
    'client.custom-auth',
    /change_client '\.ExplicitAuthFlows=\["ALLOW_CUSTOM_AUTH"/,
  ],
  [
    'a password flow is allowed',
    {
      client: {
        explicitAuthFlows: ['ALLOW_CUSTOM_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH', 'ALLOW_USER_SRP_AUTH'],
      },
    },
    'client.password-flows',
    /change_client '\.ExplicitAuthFlows=/,
  ],
  [
    'unknown users are told apart',
    { client: { preventUserExistenceErrors: 'LEGACY' } },
    'client.user-existence',
    /PreventUserExistenceErrors="ENABLED"/,
  ],
  [
    'sessions end before the service says',
    { client: { authSessionValidityMinutes: 3 } },
    'client.session-validity',
    /COGNITO_AUTH_SESSION_MINUTES=3/,
  ],
  [
    'tokens cannot be revoked',
    { client: { tokenRevocation: false } },
    'client.token-revocation',
    /EnableTokenRevocation=true/,
  ],
  [
    'rotation leaves no grace',
    {
      client: {
        explicitAuthFlows: ['ALLOW_CUSTOM_AUTH'],
        refreshTokenRotation: { retryGracePeriodSeconds: 0 },
      },
    },
    'client.rotation-grace',
    /RetryGracePeriodSeconds=10/,
  ],
  [
    'the client has no secret',
    { client: { clientSecret: '' } },
    'client.secret',
    /create-user-pool-client .*--generate-secret/,
  ],
  [
    'the secret is another',
    { env: { COGNITO_CLIENT_SECRET: 'wrong0secret' } },
    'client.secret',
    /describe-user-pool-client .*ClientSecret/,
  ],
  [
    'the client is of another pool',
    { env: { COGNITO_CLIENT_ID: 'another0client' } },
    'client.exists',
    /list-user-pool-clients/,
  ],
  [
    'users can write addresses',
    { client: { writeAttributes: ['email', 'name'] }, env: { PROFILE_ATTRIBUTES: 'name' } },
    'client.address-attributes',
    /WriteAttributes=\["name"\]/,
  ],
  [
    'the profile cannot be written',
    { client: { writeAttributes: ['name'] }, env: { PROFILE_ATTRIBUTES: 'name,locale' } },
    'client.profile-attributes',
    /WriteAttributes=\["name","locale"\]/,
  ],
  [
    'addresses cannot be read',
    { client: { readAttributes: ['name'] }, env: { PROFILE_ATTRIBUTES: 'name' } },
    'client.read-attributes',
    /ReadAttributes=\["name","email",/,
  ],
  [
    'the pool is another',
    { env: { COGNITO_USER_POOL_ID: 'eu-west-1_Another' } },
    'pool.exists',
    /list-user-pools/,
  ],
  ['letter case counts', { pool: { caseSensitive: true } }, 'pool.case', /CaseSensitive=false/],
  [
    'the pool has MFA',
    { pool: { described: { mfaConfiguration: 'ON' } } },
    'pool.mfa',
    /set-user-pool-mfa-config .* OFF/,
  ],
  [
    'strangers can sign up',
    { pool: { signUpAllowed: true } },
    'pool.sign-up',
    /AllowAdminCreateUserOnly=true/,
  ],
  [
    'nobody can sign up',
    {
      env: { PROVISIONING: 'sign-up' },
      client: { writeAttributes: ['email', 'phone_number', 'name'] },
    },
    'pool.sign-up',
    /AllowAdminCreateUserOnly=false/,
  ],
  [
    'usernames have nothing to do with addresses',
    { pool: { usernames: 'plain' } },
    'pool.username-form',
    /USERNAME_FORM=lookup/,
  ],
  [
    'a name is required',
    { pool: { described: { requiredAttributes: ['family_name'] } } },
    'pool.required-attributes',
    /PROVISIONING=none/,
  ],
  [
    'Cognito sends codes too',
    { pool: { described: { autoVerifiedAttributes: ['email'] } } },
    'pool.auto-verified',
    /AutoVerifiedAttributes=\[\]/,
  ],
  [
    'the pool can be deleted',
    { pool: { described: { deletionProtection: 'INACTIVE' } } },
    'pool.deletion-protection',
    /DeletionProtection="ACTIVE"/,
  ],
  [
    'a trigger is missing',
    {
      pool: {
        described: { functions: { ...lambda('eu-west-1'), CreateAuthChallenge: '' } },
      },
    },
    'triggers.attached',
    /CreateAuthChallenge="<ARN of create-auth-challenge>"/,
  ],
  [
    'the triggers are in another region',
    { pool: { described: { functions: lambda('us-east-1') } } },
    'triggers.place',
    /in eu-west-1>/,
  ],
  ...['AdminCreateUser', 'AdminUpdateUserAttributes'].map(
    (operation): (typeof MISCONFIGURATIONS)[number] => [
      `the role may not ${operation}`,
      { spoil: denied(operation) },
      `permissions.${operation}`,
      new RegExp(`put-role-policy .*cognito-idp:${operation}`),
    ],
  ),
  ...['AdminGetUser', 'ListUsers'].map((operation): (typeof MISCONFIGURATIONS)[number] => [
    `the role may not ${operation}`,
    { pool: { usernames: 'alias' }, spoil: denied(operation) },
    `permissions.${operation}`,
    new RegExp(`put-role-policy .*cognito-idp:${operation}`),
  ]),
  [
    'the Authsignal key is wrong',
    { env: { AUTHSIGNAL_SECRET: 'a-wrong-secret' } },
    'authsignal.key',
    /set AUTHSIGNAL_SECRET/,
  ],
  [
    'the clock is ten minutes late',
    {
      spoil: ({ authsignal }) =>
        authsignal.faults.add({
          operation: 'GET /users/:userId',
          fault: {
            kind: 'answer',
            status: 200,
            body: '{"isEnrolled":false}',
            headers: { date: new Date(Date.now() + 600_000).toUTCString() },
          },
        }),
    },
    'clock.authsignal',
    /timedatectl/,
  ],
  [
    'proofs would go over plain http',
    { env: { ALLOWED_REDIRECT_URLS: 'http://app.example.com/back' } },
    'config.redirect-urls',
    /https/,
  ],
  [
    'a session key was made up',
    { env: { SESSION_KEYS: Buffer.alloc(32).toString('base64') } },
    'config.session-keys',
    /openssl rand/,
  ],
]

t.test('a right set-up: nothing is found, and it ends with 0', async (t) => {
  const stack = await startPatient(t, {})
  t.match(await visit(stack), { code: 0, findings: [] })
})

for (const [what, patient] of [
  ['aliases', { pool: { usernames: 'alias' } }],
  ['a lookup', { pool: { usernames: 'plain' }, env: { USERNAME_FORM: 'lookup' } }],
  [
    'sign-up',
    {
      pool: { signUpAllowed: true },
      client: { writeAttributes: ['email', 'phone_number', 'name'] },
      env: { PROVISIONING: 'sign-up', PROFILE_ATTRIBUTES: 'name' },
    },
  ],
  [
    'rotation',
    {
      client: {
        explicitAuthFlows: ['ALLOW_CUSTOM_AUTH'],
        refreshTokenRotation: { retryGracePeriodSeconds: 30 },
      },
    },
  ],
] as [string, Patient][]) {
  t.test(`a right set-up with ${what} too`, async (t) => {
    t.match(await visit(await startPatient(t, patient), patient.env), { code: 0, findings: [] })
  })
}

t.test('a misconfiguration', async (t) => {
  for (const [what, patient, id, fix] of MISCONFIGURATIONS) {
    await t.test(`${what}: is found, and its fix named`, async (t) => {
      const stack = await startPatient(t, patient)
      const { code, findings } = await visit(stack, patient.env)
      const found = findings.find((finding) => finding.id === id)
      t.match(found, { status: /warning|problem/, found: /./, fix })
      t.equal(code, findings.some(({ status }) => status === 'problem') ? 1 : 0)
      t.comment(
        `${found?.status} | ${id} | ${found?.found} | ${found && 'fix' in found ? found.fix : ''}`,
      )
    })
  }
})

const gone = async () => `http://localhost:${await freePort()}`
const hang = { kind: 'hang' } as const
const html = { kind: 'answer', status: 200, body: '<html>', contentType: 'text/html' } as const

for (const [what, outage] of [
  ['Cognito is away', async () => ({ env: { COGNITO_ENDPOINT: await gone() } })],
  ['Authsignal is away', async () => ({ env: { AUTHSIGNAL_URL: `${await gone()}/v1` } })],
  ['Redis is away', async () => ({ env: { REDIS_URL: (await gone()).replace('http', 'redis') } })],
  [
    'Cognito hangs',
    async () => ({
      env: { UPSTREAM_TIMEOUT_MS: '500' },
      spoil: (stack: LocalStack) => stack.cognito.faults.add({ operation: '*', fault: hang }),
    }),
  ],
  [
    'something else answers for Cognito',
    async () => ({
      spoil: (stack: LocalStack) => stack.cognito.faults.add({ operation: '*', fault: html }),
    }),
  ],
  [
    'Authsignal is out of order',
    async () => ({
      spoil: ({ authsignal }: LocalStack) =>
        authsignal.faults.add({ operation: '*', fault: { kind: 'answer', status: 503 } }),
    }),
  ],
  ['the pool may not be described', async () => ({ spoil: denied('DescribeUserPool') })],
  [
    'there are no AWS credentials',
    async () => ({ env: { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' } }),
  ],
] as [string, () => Promise<Patient>][]) {
  t.test(`${what}: it could not check, and ends with 2`, async (t) => {
    const patient = await outage()
    const stack = await startPatient(t, patient)
    const { code, findings } = await visit(stack, patient.env)
    t.equal(code, 2)
    t.ok(findings.length > 0)
    for (const finding of findings) t.match(finding, { status: 'skipped', couldNotCheck: true })
  })
}

for (const usernames of ['email-or-phone', 'alias', 'plain'] as const) {
  t.test(`changes nothing: ${usernames}`, async (t) => {
    const stack = await startPatient(t, { pool: { usernames } })
    const { cognito, authsignal } = stack
    const username = usernames === 'email-or-phone' ? 'ada@example.com' : 'ada'
    cognito.users.put({ username, attributes: { email: 'ada@example.com' } })
    const before = JSON.stringify(cognito.users.list())
    await visit(stack)

    t.equal(JSON.stringify(cognito.users.list()), before, 'the users are as they were')
    t.strictSame(cognito.triggers.invocations, [], 'no trigger ran')
    const calls = cognito.calls as { operation: string; body: Record<string, unknown> }[]
    t.strictSame(
      calls.map(({ operation }) => operation).filter((operation) => !ALLOWED.has(operation)),
      [],
    )
    const named = calls.filter(({ body }) => 'Username' in body)
    t.equal(named.length, 3)
    for (const { operation, body } of named) t.match(body['Username'], NOBODY, operation)
    t.equal(new Set(named.map(({ body }) => body['Username'])).size, 3, 'a new name each')
    const creation = calls.find(({ operation }) => operation === 'AdminCreateUser')
    t.equal(creation?.body['MessageAction'], 'RESEND')
    t.strictSame(
      authsignal.calls.map(({ operation }) => operation),
      ['GET /users/:userId'],
    )
  })
}

t.test('shows no secret and no address, whatever is wrong', async (t) => {
  const stack = await startPatient(t, { pool: { usernames: 'plain' } })
  stack.cognito.users.put({ username: 'ada', attributes: { email: 'ada@example.com' } })
  const env = {
    ...stack.serviceEnv,
    AWS_SECRET_ACCESS_KEY: 'the-aws-secret',
    REDIS_URL: `redis://user:the-redis-password@localhost:${await freePort()}`,
  }
  const wrong = {
    ...env,
    AUTHSIGNAL_SECRET: 'the-wrong-key',
    COGNITO_CLIENT_SECRET: 'the0wrong0one',
  }
  const secrets = [env, wrong].flatMap((each: Record<string, string>) => [
    each['COGNITO_CLIENT_SECRET']!,
    each['AUTHSIGNAL_SECRET']!,
    each['SESSION_KEYS']!,
  ])
  for (const variables of [env, wrong]) {
    for (const args of [[], ['--json']]) {
      const { output } = await runDoctor(args, variables)
      t.match(output, 'client.secret')
      const known = [...secrets, 'the-aws-secret', 'the-redis-password', 'ada@example.com']
      for (const secret of known) t.notOk(output.includes(secret), secret)
    }
  }
})

t.test('people get a line for each check, and what to type', async (t) => {
  const stack = await startPatient(t, { client: { tokenRevocation: false } })
  const { code, out } = await runDoctor([], stack.serviceEnv)
  t.equal(code, 1)
  t.match(out, /^problem {2}client\.token-revocation: .+ \(.+\)\n {9}fix: change_client '/m)
  t.match(out, /^ok {7}pool\.exists: /m)
  t.match(out, /\d+ ok, \d+ warnings, \d+ problems, \d+ skipped/)
})
