import {
  CognitoIdentityProviderClient,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import t from 'tap'
import { awsFault } from '../../local/index.ts'
import { startStack } from '../support/stack.ts'

const email = 'ada@example.com'
const SECRET = { clientSecret: 'a-secret-0123456789-0123456789'.replaceAll('-', 'x') }

for (const preventUserExistenceErrors of ['LEGACY', 'ENABLED'] as const) {
  for (const usernames of ['email-or-phone', 'alias', 'plain'] as const) {
    for (const secret of [SECRET, { clientSecret: '' }]) {
      const name = `${usernames}, ${preventUserExistenceErrors}, ${secret.clientSecret ? 'with' : 'without'} client secret`
      t.test(`signs new and returning users in: ${name}`, async (t) => {
        const stack = await startStack(t, {
          pool: { usernames },
          client: { preventUserExistenceErrors, ...secret },
        })
        t.equal((await stack.signIn({ email })).status, 200, 'new')
        t.equal((await stack.signIn({ email })).status, 200, 'returning')
        t.equal((await stack.signIn({ phoneNumber: '+6421234567' })).status, 200, 'by phone')
        t.equal(stack.cognito.users.list().length, 2)
        const user = stack.cognito.users.find(email)!
        t.equal(user.attributes['email_verified'], 'true')
      })
    }
  }
}

for (const usernames of ['alias', 'plain'] as const) {
  t.test(`signs a user in by username: ${usernames}`, async (t) => {
    const stack = await startStack(t, { pool: { usernames } })
    stack.cognito.users.put({
      username: 'ada',
      attributes: { email, email_verified: 'true' },
    })
    const { body } = await stack.start({ username: 'ada' })
    const token = await stack.user.pass(body.token, email)
    t.equal((await stack.finish({ session: body.session, token })).status, 200)
  })
}

t.test(
  'an unfinished first sign-in of an alias pool leaves one user, not one per try',
  async (t) => {
    const stack = await startStack(t, { pool: { usernames: 'alias' } })
    for (const _try of [1, 2, 3]) await stack.start({ email })
    t.equal(stack.cognito.users.list().length, 1)
    t.equal((await stack.signIn({ email })).status, 200)
    stack.cognitoCalls()
    await stack.signIn({ email })
    t.strictSame(stack.cognitoCalls(), ['InitiateAuth', 'RespondToAuthChallenge'])
  },
)

t.test('proving an address never takes it from the user who holds it as an alias', async (t) => {
  const stack = await startStack(t, { pool: { usernames: 'alias' } })
  const holder = { email, email_verified: 'true' }
  stack.cognito.users.put({ username: 'ada', attributes: holder })
  stack.cognito.users.put({ username: 'other', attributes: { email } })
  const { body } = await stack.start({ username: 'other' })
  const token = await stack.user.pass(body.token, email)
  t.equal((await stack.finish({ session: body.session, token })).status, 200)
  t.equal(stack.cognito.users.find('ada')!.attributes['email_verified'], 'true')
  t.not(stack.cognito.users.find('other')!.attributes['email_verified'], 'true')
})

for (const preventUserExistenceErrors of ['LEGACY', 'ENABLED'] as const) {
  t.test(
    `fifty racing starts make one user in an alias pool: ${preventUserExistenceErrors}`,
    async (t) => {
      const stack = await startStack(t, {
        pool: { usernames: 'alias' },
        client: { preventUserExistenceErrors },
      })
      const starts = await Promise.all(Array.from({ length: 50 }, () => stack.start({ email })))
      t.strictSame(new Set(starts.map(({ status }) => status)), new Set([200]))
      t.equal(stack.cognito.users.list().length, 1)
    },
  )
}

t.test(
  'a user with two addresses signs in by the one that was typed, and learns nothing of the other',
  async (t) => {
    for (const contextRound of ['off', 'on'] as const) {
      const stack = await startStack(t, { contextRound })
      const phoneNumber = '+6421234567'
      stack.cognito.users.put({
        username: email,
        attributes: {
          email,
          email_verified: 'true',
          phone_number: phoneNumber,
          phone_number_verified: 'true',
        },
      })
      t.equal((await stack.signIn({ email })).status, 200, `email, context round ${contextRound}`)
      t.equal((await stack.signIn({ phoneNumber })).status, 200, 'phone')
    }
  },
)

t.test('says which kind of identifier a pool does not take', async (t) => {
  const stack = await startStack(t)
  stack.cognito.faults.add({
    operation: 'AdminCreateUser',
    fault: awsFault('InvalidParameterException', 'Username should be an email.'),
  })
  const { status, body } = await stack.start({ phoneNumber: '+6421234567' })
  t.equal(status, 400)
  t.match(body, { code: 'invalid_request', errors: [{ pointer: '/phoneNumber' }] })
})

t.test('nobody but the service registers users', async (t) => {
  const stack = await startStack(t, {
    pool: { signUpAllowed: true },
    client: { clientSecret: '' },
  })
  const client = new CognitoIdentityProviderClient({
    region: 'eu-west-1',
    endpoint: stack.cognito.url,
  })
  const signUp = new SignUpCommand({
    ClientId: stack.serviceEnv['COGNITO_CLIENT_ID']!,
    Username: email,
    Password: 'Passw0rd!Passw0rd!',
  })
  await t.rejects(client.send(signUp), { name: 'UserLambdaValidationException' })
  t.equal((await stack.signIn({ email })).status, 200, 'the owner can still come')
})

for (const usernames of ['email-or-phone', 'alias', 'plain'] as const) {
  for (const preventUserExistenceErrors of ['LEGACY', 'ENABLED'] as const) {
    t.test(
      `signs users up without AWS credentials: ${usernames}, ${preventUserExistenceErrors}`,
      async (t) => {
        const stack = await startStack(t, {
          pool: { usernames, signUpAllowed: true },
          client: { preventUserExistenceErrors },
          env: { PROVISIONING: 'sign-up' },
        })
        t.equal((await stack.signIn({ email })).status, 200, 'new')
        const calls = stack.cognito.calls.filter(({ operation }) => operation === 'SignUp')
        t.ok(
          calls.every(({ headers }) => headers['authorization'] === undefined),
          'unsigned',
        )
        t.notOk(stack.cognitoCalls().includes('AdminCreateUser'))
        t.match(stack.cognito.users.list(), [{ status: 'CONFIRMED' }])
        t.equal((await stack.signIn({ email })).status, 200, 'returning')
        const starts = await Promise.all(
          [1, 2, 3].map(() => stack.start({ phoneNumber: '+6421234567' })),
        )
        t.strictSame(new Set(starts.map(({ status }) => status)), new Set([200]), 'racing')
        t.equal(stack.cognito.users.list().length, 2)
      },
    )
  }
}

t.test('a pool that permits no sign-up is a matter for the operator', async (t) => {
  const stack = await startStack(t, { env: { PROVISIONING: 'sign-up' } })
  t.match((await stack.start({ email })).body, { status: 502, code: 'upstream_error' })
})
