import t from 'tap'
import type { Identifier } from '../../src/sign-in/identifier.ts'
import type { UserPool } from '../../src/sign-in/ports.ts'
import { signInError } from '../support/expect-error.ts'
import { awsError, awsJson, EMAIL, POOL_ID, userPoolBefore } from '../support/cognito.ts'

t.test('a user is created silently, and with nothing verified', async (t) => {
  const { pool, ...server } = await userPoolBefore(t, [awsJson(200, {}), awsJson(200, {})])
  t.strictSame(await pool.createUser({ kind: 'email', value: EMAIL }), {
    outcome: 'created',
    username: EMAIL,
  })
  await pool.createUser({ kind: 'phoneNumber', value: '+6421234567' })
  t.strictSame(server.input(0), {
    UserPoolId: POOL_ID,
    Username: EMAIL,
    UserAttributes: [{ Name: 'email', Value: EMAIL }],
    MessageAction: 'SUPPRESS',
  })
  t.strictSame(server.input(1)['UserAttributes'], [{ Name: 'phone_number', Value: '+6421234567' }])
})

t.test('a user that exists already is as good as created', async (t) => {
  const { pool } = await userPoolBefore(t, [
    awsError('UsernameExistsException', 'User account already exists'),
    awsError('CodeDeliveryFailureException', 'could not send'),
  ])
  const identifier = { kind: 'email', value: EMAIL } as const
  t.strictSame(await pool.createUser(identifier), { outcome: 'exists', username: EMAIL })
  t.strictSame(await pool.createUser(identifier), { outcome: 'created', username: EMAIL })
})

const ADDRESS_IS_ALIAS = awsError(
  'InvalidParameterException',
  'Username cannot be of email format, since user pool is configured for email alias.',
)
const NUMBER_IS_ALIAS = awsError(
  'InvalidParameterException',
  'Username cannot be of phone number format, since user pool is configured for phone number alias.',
)
const OK = awsJson(200, {})
const ada = { kind: 'email', value: EMAIL } as const
const phone = { kind: 'phoneNumber', value: '+6421234567' } as const
const HASHED = /^[0-9a-f]{32}$/

t.test('an alias pool gets a made-up name, the same one whoever makes it', async (t) => {
  const created: unknown[] = []
  for (const _instance of [1, 2]) {
    const { pool, ...server } = await userPoolBefore(t, [
      ADDRESS_IS_ALIAS,
      awsJson(200, {}),
      awsJson(200, {}),
    ])
    const first = await pool.createUser({ kind: 'email', value: EMAIL })
    const name = server.input(1)['Username']
    t.match(name, /^[0-9a-f]{32}$/)
    t.strictSame(first, { outcome: 'created', username: name })
    t.match(server.input(1)['UserAttributes'], [{ Name: 'email', Value: EMAIL }])
    // What kind of pool it is has been learnt: no third attempt with the address.
    await pool.createUser({ kind: 'email', value: 'eve@example.com' })
    t.equal(server.requests.length, 3)
    t.match(server.input(2)['Username'], /^[0-9a-f]{32}$/)
    t.not(server.input(2)['Username'], name)
    created.push(name)
  }
  t.equal(created[0], created[1])
})

t.test('what is an alias is learnt for each kind by itself', async (t) => {
  const orders = {
    'email first': [ada, phone, ada, phone],
    'phone first': [phone, ada, phone, ada],
  }
  for (const [order, identifiers] of Object.entries(orders)) {
    const answers = identifiers.flatMap((identifier, index) => {
      const isFirst = identifiers.indexOf(identifier) === index
      return identifier === ada && isFirst ? [ADDRESS_IS_ALIAS, OK] : [OK]
    })
    const { pool, ...server } = await userPoolBefore(t, answers)
    for (const identifier of identifiers) {
      const { outcome, username } = await createdBy(pool, identifier)
      t.equal(outcome, 'created', order)
      t.match(username, identifier === ada ? HASHED : /^\+6421234567$/, order)
    }
    t.equal(server.requests.length, answers.length, order)
  }
})

t.test('where both are aliases both get a made-up name, each a different one', async (t) => {
  const { pool, ...server } = await userPoolBefore(t, [ADDRESS_IS_ALIAS, OK, NUMBER_IS_ALIAS, OK])
  const [byEmail, byPhone] = [await createdBy(pool, ada), await createdBy(pool, phone)]
  t.match(byEmail.username, HASHED)
  t.match(byPhone.username, HASHED)
  t.not(byEmail.username, byPhone.username)
  t.strictSame(
    [1, 3].map((index) => server.input(index)['UserAttributes']),
    [[{ Name: 'email', Value: EMAIL }], [{ Name: 'phone_number', Value: '+6421234567' }]],
  )
})

t.test('a pool that takes no identifiers of a kind says so, each time it is asked', async (t) => {
  for (const [identifier, message] of [
    [phone, 'Username should be an email.'],
    [ada, 'Username should be a phone number.'],
  ] as const) {
    const refusal = awsError('InvalidParameterException', message)
    const { pool, ...server } = await userPoolBefore(t, [refusal, refusal, OK])
    for (const _time of [1, 2]) {
      t.strictSame(await pool.createUser(identifier), { outcome: 'unsupported' })
    }
    const other = identifier === ada ? phone : ada
    t.strictSame(await pool.createUser(other), { outcome: 'created', username: other.value })
    t.equal(server.requests.length, 3)
  }
})

t.test('any other word about a username is our set-up', async (t) => {
  const error = awsError('InvalidParameterException', 'The username should be an email.')
  const { pool } = await userPoolBefore(t, [error])
  await t.rejects(pool.createUser(phone), signInError('upstream_error'))
})

t.test('a second refusal of the made-up name is no endless loop', async (t) => {
  const { pool, ...server } = await userPoolBefore(t, [
    ADDRESS_IS_ALIAS,
    awsError('InvalidParameterException', 'Attributes did not conform to the schema'),
  ])
  await t.rejects(
    pool.createUser({ kind: 'email', value: EMAIL }),
    signInError('upstream_error', { upstream: { reason: 'InvalidParameterException' } }),
  )
  t.equal(server.requests.length, 2)
})

t.test('a bare username is created without attributes', async (t) => {
  const { pool, ...server } = await userPoolBefore(t, [awsJson(200, {})])
  await pool.createUser({ kind: 'username', value: 'ada' })
  t.match(server.input(0), { Username: 'ada', UserAttributes: [] })
})

async function createdBy(pool: UserPool, identifier: Identifier) {
  const created = await pool.createUser(identifier)
  return { username: '', ...created }
}
