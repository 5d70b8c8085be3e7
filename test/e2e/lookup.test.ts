import {
  AdminUpdateUserAttributesCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import { awsFault } from '../../local/index.ts'
import { startStack, type Stack, type StackOptions } from '../support/stack.ts'
import { oneRoundTriggers, twoRoundTriggers } from '../support/vendor-triggers.ts'

const email = 'ada@example.com'
const phoneNumber = '+6421234567'
const POOLS = ['plain', 'alias'] as const

function start(t: Test, options: StackOptions = {}): Promise<Stack> {
  return startStack(t, { ...options, env: { USERNAME_FORM: 'lookup', ...options.env } })
}

const nameOf = ({ accessToken }: { accessToken: string }): string =>
  JSON.parse(Buffer.from(accessToken.split('.')[1]!, 'base64url').toString()).username

for (const preventUserExistenceErrors of ['LEGACY', 'ENABLED'] as const) {
  for (const usernames of POOLS) {
    const name = `${usernames}, ${preventUserExistenceErrors}`
    t.test(`signs new and returning users in: ${name}`, async (t) => {
      const stack = await start(t, {
        pool: { usernames },
        client: { preventUserExistenceErrors },
      })
      t.equal((await stack.signIn({ email })).status, 200, 'new')
      t.strictSame(
        stack.cognitoCalls().slice(0, 4),
        ['ListUsers', 'AdminCreateUser', 'InitiateAuth', 'RespondToAuthChallenge'],
        'one call more than by attribute, one InitiateAuth fewer',
      )
      const { status, body } = await stack.signIn({ email })
      t.equal(status, 200, 'returning')
      t.strictSame(stack.cognitoCalls(), ['ListUsers', 'InitiateAuth', 'RespondToAuthChallenge'])
      t.match(nameOf(body), /^[0-9a-f]{32}$/)
      t.equal((await stack.signIn({ phoneNumber })).status, 200, 'by phone')
      t.equal(stack.cognito.users.list().length, 2)
    })
  }
}

for (const usernames of POOLS) {
  t.test(`signs in users who were there before, by address and name: ${usernames}`, async (t) => {
    const stack = await start(t, { pool: { usernames } })
    stack.cognito.users.put({
      username: 'customer-4711',
      attributes: { email, email_verified: 'true' },
    })
    stack.cognito.users.put({
      username: 'customer-4712',
      attributes: { email: 'bob@example.com' },
    })
    t.equal(nameOf((await stack.signIn({ email })).body), 'customer-4711')
    t.equal(nameOf((await stack.signIn({ email: 'bob@example.com' })).body), 'customer-4712')
    t.match(stack.cognito.users.find('customer-4712')!.attributes, { email_verified: 'true' })
    stack.cognitoCalls()
    const started = await stack.start({ username: 'customer-4711' })
    const token = await stack.user.pass(started.body.token, email)
    const { body } = await stack.finish({ session: started.body.session, token })
    t.equal(nameOf(body), 'customer-4711')
    t.strictSame(stack.cognitoCalls(), ['InitiateAuth', 'RespondToAuthChallenge'])
    t.equal(stack.cognito.users.list().length, 2)
  })

  t.test(`fifty racing starts make one user: ${usernames}`, async (t) => {
    const stack = await start(t, { pool: { usernames } })
    const starts = await Promise.all(Array.from({ length: 50 }, () => stack.start({ email })))
    t.strictSame(new Set(starts.map(({ status }) => status)), new Set([200]))
    t.equal(stack.cognito.users.list().length, 1)
    t.equal((await stack.signIn({ email })).status, 200)
  })

  t.test(
    `whoever has written an address they have not proven is not let in: ${usernames}`,
    async (t) => {
      const stack = await start(t, { pool: { usernames } })
      stack.cognito.users.put({ username: 'eve', attributes: { email, email_verified: 'false' } })
      stack.cognito.users.put({ username: 'ada', attributes: { email, email_verified: 'true' } })
      const { status, body } = await stack.signIn({ email })
      t.equal(status, 200)
      t.equal(nameOf(body), 'ada')
    },
  )

  t.test(`an address of several people signs nobody in: ${usernames}`, async (t) => {
    const stack = await start(t, { pool: { usernames } })
    for (const username of ['ada', 'eve']) {
      stack.cognito.users.put({ username, attributes: { email } })
    }
    const { status, body } = await stack.start({ email })
    t.equal(status, 200)
    t.notOk(await stack.user.pass(body.token, email).catch(() => undefined))
    const refused = await stack.finish({ session: body.session, token: 'a.b.c' })
    t.match(refused, { status: 401, body: { code: 'challenge_failed' } })
    t.strictSame(stack.cognitoCalls(), ['ListUsers'])
    t.equal(stack.cognito.users.list().length, 2)
  })

  t.test(`an address that its holder has left can be registered again: ${usernames}`, async (t) => {
    const stack = await start(t, { pool: { usernames } })
    const first = nameOf((await stack.signIn({ email })).body)
    await changeEmail(stack, first, 'new@example.com')
    stack.cognitoCalls()
    const second = nameOf((await stack.signIn({ email })).body)
    t.not(second, first)
    t.strictSame(stack.cognitoCalls().slice(0, 4), [
      'ListUsers',
      'AdminCreateUser',
      'AdminGetUser',
      'AdminCreateUser',
    ])
    t.equal(nameOf((await stack.signIn({ email })).body), second)
    t.equal(nameOf((await stack.signIn({ email: 'new@example.com' })).body), first)
    t.equal(stack.cognito.users.list().length, 2)
  })
}

for (const [dialect, triggersWith] of [
  ['one round', oneRoundTriggers],
  ['two rounds', twoRoundTriggers],
] as const) {
  t.test(`gets on with triggers of the vendor: ${dialect}`, async (t) => {
    const secret = 'tenant-secret'
    const stack = await start(t, {
      pool: { usernames: 'plain' },
      secret,
      triggers: triggersWith(secret),
    })
    for (const _time of [1, 2]) t.equal((await stack.signIn({ email })).status, 200)
    t.equal(stack.cognito.users.list().length, 1)
  })
}

t.test('an upstream that will not be asked is a failure, not a missing user', async (t) => {
  const stack = await start(t, { pool: { usernames: 'plain' } })
  const cases = [
    ['AccessDeniedException', 502, 'upstream_error'],
    ['TooManyRequestsException', 503, 'upstream_unavailable'],
  ] as const
  for (const [name, status, code] of cases) {
    stack.cognito.faults.add({ operation: 'ListUsers', fault: awsFault(name, email), times: 1 })
    t.match(await stack.start({ email }), { status, body: { code } })
  }
  t.strictSame(stack.cognito.users.list(), [])
  t.notMatch(stack.log.join(''), email)
})

t.test('a pool whose usernames are addresses is a matter for the operator', async (t) => {
  const stack = await start(t)
  t.match(await stack.start({ email }), { status: 502, body: { code: 'upstream_error' } })
  t.match(stack.log.join(''), 'usernames of this pool are addresses')
})

async function changeEmail({ cognito }: Stack, username: string, to: string): Promise<void> {
  const client = new CognitoIdentityProviderClient({ region: 'eu-west-1', endpoint: cognito.url })
  await client.send(
    new AdminUpdateUserAttributesCommand({
      UserPoolId: cognito.poolId,
      Username: username,
      UserAttributes: [
        { Name: 'email', Value: to },
        { Name: 'email_verified', Value: 'true' },
      ],
    }),
  )
}
