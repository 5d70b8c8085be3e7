import t, { type Test } from 'tap'
import { startLocalCognito } from '../../local/index.ts'
import { trustedAddresses } from '../../src/addresses.ts'
import { markVerified } from '../../src/triggers/mark-verified.ts'
import { verifyEvent } from './support.ts'

const email = 'ada@example.com'

async function pool(t: Test, usernames: 'email-or-phone' | 'alias' | 'plain') {
  const cognito = await startLocalCognito({ clients: [{ clientId: 'client' }], usernames })
  t.teardown(() => cognito.close())
  const markAddress = markVerified({
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'session-token',
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: cognito.url,
  })
  return {
    cognito,
    mark: async (username: string) => {
      const user = cognito.users.find(username)!
      const { sub } = user
      const [address] = trustedAddresses(user.attributes)
      const event = { ...verifyEvent({}), userName: user.username, userPoolId: cognito.poolId }
      await markAddress(event, sub, address!)
      return user.attributes['email_verified']
    },
    operations: () => cognito.calls.map(({ operation }) => operation),
  }
}

t.test('one signed call where addresses are unique', async (t) => {
  const { cognito, mark, operations } = await pool(t, 'email-or-phone')
  cognito.users.put({ username: email, attributes: { email } })
  t.equal(await mark(email), 'true')
  t.strictSame(operations(), ['AdminUpdateUserAttributes'])
  const { headers } = cognito.calls[0]!
  t.match(
    headers['authorization'],
    /^AWS4-HMAC-SHA256 Credential=local\/\d+\/eu-west-1\/cognito-idp\//,
  )
  t.equal(headers['x-amz-security-token'], 'session-token')
})

t.test('looks first whether the alias is free', async (t) => {
  const { cognito, mark, operations } = await pool(t, 'alias')
  cognito.users.put({ username: 'ada', attributes: { email } })
  t.equal(await mark('ada'), 'true')
  t.strictSame(operations(), ['AdminGetUser', 'AdminUpdateUserAttributes'])
})

t.test('leaves an alias with the user who holds it', async (t) => {
  const { cognito, mark, operations } = await pool(t, 'alias')
  cognito.users.put({ username: 'holder', attributes: { email, email_verified: 'true' } })
  cognito.users.put({ username: 'ada', attributes: { email } })
  t.not(await mark('ada'), 'true')
  t.strictSame(operations(), ['AdminGetUser'])
})

t.test('a failure is no reason to refuse the sign-in', async (t) => {
  const { cognito, mark } = await pool(t, 'email-or-phone')
  cognito.users.put({ username: email, attributes: { email } })
  for (const fault of [
    { kind: 'reset' },
    { kind: 'answer', status: 500 },
    { kind: 'hang' },
  ] as const) {
    cognito.faults.add({ operation: '*', fault, times: 1 })
    t.not(await mark(email), 'true', fault.kind)
  }
  t.equal(await mark(email), 'true', 'the next sign-in makes up for it')
})
