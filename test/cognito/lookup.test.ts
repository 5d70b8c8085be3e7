import t, { type Test } from 'tap'
import type { Identifier } from '../../src/sign-in/identifier.ts'
import { signInError } from '../support/expect-error.ts'
import { awsError, awsJson, EMAIL, POOL_ID, userPoolBefore } from '../support/cognito.ts'
import type { Answer } from '../support/upstream.ts'

const PHONE = '+6421234567'
const byEmail: Identifier = { kind: 'email', value: EMAIL }
const byPhone: Identifier = { kind: 'phoneNumber', value: PHONE }
const EXISTS = awsError('UsernameExistsException', 'User account already exists')
const MADE_UP = /^[0-9a-f]{32}$/

const poolBefore = (t: Test, answers: Answer[]) =>
  userPoolBefore(t, answers, { usernameForm: 'lookup' })

/** A user as ListUsers gives it. */
function user(Username: string, attributes: Record<string, string>) {
  const all = { sub: `sub-of-${Username}`, ...attributes }
  return { Username, Attributes: Object.entries(all).map(([Name, Value]) => ({ Name, Value })) }
}

const verified = (name: string) => user(name, { email: EMAIL, email_verified: 'true' })
const unverified = (name: string) => user(name, { email: EMAIL, email_verified: 'false' })
const unflagged = (name: string) => user(name, { email: EMAIL })
const users = (...Users: unknown[]) => awsJson(200, { Users })

t.test('asks for the address and nothing else, signed', async (t) => {
  const { pool, ...server } = await poolBefore(t, [users(), users()])
  t.strictSame(await pool.findUser(byEmail), { outcome: 'missing' })
  t.strictSame(await pool.findUser(byPhone), { outcome: 'missing' })
  t.strictSame(server.operations(), ['ListUsers', 'ListUsers'])
  t.strictSame(server.input(0), { UserPoolId: POOL_ID, Filter: `email = "${EMAIL}"` })
  t.strictSame(server.input(1), { UserPoolId: POOL_ID, Filter: `phone_number = "${PHONE}"` })
  t.match(server.requests[0]?.headers['authorization'], /^AWS4-HMAC-SHA256/)
})

t.test('an address cannot say more in the filter than that it is one', async (t) => {
  const { pool, ...server } = await poolBefore(t, [users()])
  await pool.findUser({ kind: 'email', value: String.raw`a"\x@example.com` })
  t.equal(server.input(0)['Filter'], String.raw`email = "a\"\\x@example.com"`)
})

t.test('says whose the address is, or that nobody can', async (t) => {
  const cases: [string, unknown[], object][] = [
    ['one who has proven it', [verified('ada')], { outcome: 'found', username: 'ada' }],
    ['one who has not', [unverified('ada')], { outcome: 'found', username: 'ada' }],
    ['one imported without a flag', [unflagged('ada')], { outcome: 'found', username: 'ada' }],
    [
      'the one of several who has proven it, in any order',
      [unverified('eve'), verified('ada'), unflagged('bob')],
      { outcome: 'found', username: 'ada' },
    ],
    [
      'whatever the flag is spelled like',
      [unverified('eve'), user('ada', { email: EMAIL, email_verified: 'True' })],
      { outcome: 'found', username: 'ada' },
    ],
    ['several who have', [verified('ada'), verified('eve')], { outcome: 'refused' }],
    ['several who have not', [unverified('ada'), unverified('eve')], { outcome: 'refused' }],
    [
      'another address proven is no proof of this one',
      [
        user('ada', { email: EMAIL, phone_number: PHONE, phone_number_verified: 'true' }),
        unverified('eve'),
      ],
      { outcome: 'refused' },
    ],
    [
      'who has another address does not count, whatever the filter thinks',
      [user('eve', { email: `x${EMAIL}`, email_verified: 'true' })],
      { outcome: 'missing' },
    ],
    [
      'spelling makes no other address',
      [user('ada', { email: EMAIL.toUpperCase() })],
      { outcome: 'found', username: 'ada' },
    ],
  ]
  for (const [name, found, outcome] of cases) {
    const { pool } = await poolBefore(t, [users(...found)])
    t.strictSame(await pool.findUser(byEmail), outcome, name)
  }
})

t.test('looks at every page before it says so', async (t) => {
  const { pool, ...server } = await poolBefore(t, [
    awsJson(200, { Users: [verified('ada')], PaginationToken: 'page-2' }),
    awsJson(200, { Users: [], PaginationToken: 'page-3' }),
    users(verified('eve')),
  ])
  t.strictSame(await pool.findUser(byEmail), { outcome: 'refused' })
  t.match(server.input(1), { PaginationToken: 'page-2' })
  t.match(server.input(2), { PaginationToken: 'page-3' })
})

t.test('a bare username is used as it is', async (t) => {
  const { pool, ...server } = await poolBefore(t, [])
  const found = await pool.findUser({ kind: 'username', value: 'ada' })
  t.strictSame(found, { outcome: 'named', username: 'ada' })
  t.strictSame(server.operations(), [])
})

t.test('an answer that cannot be read is a failure, never "nobody"', async (t) => {
  for (const body of [
    {},
    { Users: null },
    { Users: [{}] },
    { Users: [{ Username: 'ada' }] },
    { Users: [{ Attributes: [] }] },
  ]) {
    const { pool } = await poolBefore(t, [awsJson(200, body)])
    await t.rejects(pool.findUser(byEmail), signInError('upstream_error'), JSON.stringify(body))
  }
  const { pool } = await poolBefore(t, [
    awsError('AccessDeniedException', `User: arn is not authorized for ${EMAIL}`),
    awsError('TooManyRequestsException', 'Rate exceeded'),
  ])
  const upstream = { service: 'cognito', operation: 'ListUsers', reason: 'AccessDeniedException' }
  await t.rejects(pool.findUser(byEmail), signInError('upstream_error', { upstream }))
  await t.rejects(pool.findUser(byEmail), signInError('upstream_unavailable'))
})

t.test('a new user gets a made-up name at once, the same on every instance', async (t) => {
  const names: unknown[] = []
  for (const _instance of [1, 2]) {
    const { pool, ...server } = await poolBefore(t, [awsJson(200, {}), awsJson(200, {})])
    const created = await pool.createUser(byEmail)
    await pool.createUser(byPhone)
    t.strictSame(server.operations(), ['AdminCreateUser', 'AdminCreateUser'])
    t.strictSame(created, { outcome: 'created', username: server.input(0)['Username'] })
    t.match(server.input(0), {
      Username: MADE_UP,
      UserAttributes: [{ Name: 'email', Value: EMAIL }],
      MessageAction: 'SUPPRESS',
    })
    t.not(server.input(0)['Username'], server.input(1)['Username'])
    names.push(server.input(0)['Username'])
  }
  t.equal(names[0], names[1])
})

const holderWith = (attributes: Record<string, string>) =>
  awsJson(200, {
    Username: 'x',
    UserAttributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
  })

t.test('somebody else was faster with the same address: that is the user', async (t) => {
  const { pool, ...server } = await poolBefore(t, [EXISTS, holderWith({ email: EMAIL })])
  const created = await pool.createUser(byEmail)
  t.strictSame(server.operations(), ['AdminCreateUser', 'AdminGetUser'])
  t.strictSame(created, { outcome: 'exists', username: server.input(0)['Username'] })
  t.equal(server.input(1)['Username'], server.input(0)['Username'])
})

t.test('an address whose earlier holder has another now can be registered again', async (t) => {
  const { pool, ...server } = await poolBefore(t, [
    EXISTS,
    holderWith({ email: 'other@example.com', email_verified: 'true' }),
    EXISTS,
    holderWith({ phone_number: PHONE }),
    awsJson(200, {}),
  ])
  const created = await pool.createUser(byEmail)
  const tried = [0, 2, 4].map((call) => server.input(call)['Username'])
  t.equal(new Set(tried).size, 3)
  t.ok(tried.every((name) => MADE_UP.test(String(name))))
  t.strictSame(created, { outcome: 'created', username: tried[2] })
})

t.test('gives up after ten, and where nobody can say who has the name', async (t) => {
  const moved = holderWith({ email: 'other@example.com' })
  const often = await poolBefore(
    t,
    Array.from({ length: 20 }, (_value, call) => (call % 2 === 0 ? EXISTS : moved)),
  )
  t.strictSame(await often.pool.createUser(byEmail), { outcome: 'refused' })
  t.equal(often.requests.length, 20)

  const gone = await poolBefore(t, [
    EXISTS,
    awsError('UserNotFoundException', 'User does not exist.'),
  ])
  t.strictSame(await gone.pool.createUser(byEmail), { outcome: 'refused' })

  const denied = await poolBefore(t, [EXISTS, awsError('AccessDeniedException', 'no')])
  const upstream = { operation: 'AdminGetUser', reason: 'AccessDeniedException' }
  await t.rejects(denied.pool.createUser(byEmail), signInError('upstream_error', { upstream }))
})

t.test('in a pool whose usernames are addresses it is a matter for the operator', async (t) => {
  const { pool } = await poolBefore(t, [
    awsError('InvalidParameterException', 'Username should be an email.'),
  ])
  const upstream = { reason: 'usernames of this pool are addresses: no lookup' }
  await t.rejects(pool.createUser(byEmail), signInError('upstream_error', { upstream }))
})
