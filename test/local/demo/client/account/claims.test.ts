import t from 'tap'
import {
  claimRows,
  decodeClaims,
  signedInAs,
} from '../../../../../local/demo/client/account/claims.ts'

const jwt = (payload: unknown) =>
  `e30.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.signature`

t.test('reads a payload in base64url and UTF-8', (t) => {
  const claims = { name: 'Ada Ōtara ✓', sub: '>>>???' }
  t.match(jwt(claims), /[-_]/, 'the sample has a character that plain base64 has not')
  t.strictSame(decodeClaims(jwt(claims)), claims)
  t.end()
})

t.test('what is no token has no claims', (t) => {
  for (const text of ['', 'x', 'a.b', 'a.%%%.c', jwt([1]), jwt(null), jwt('text')]) {
    t.strictSame(decodeClaims(text), {}, text)
  }
  t.end()
})

t.test('shows who it is first, times as times and the rest by name', (t) => {
  const claims = {
    token_use: 'id',
    exp: 1_790_000_000,
    'cognito:groups': ['members', 'beta'],
    email_verified: true,
    email: 'ada@example.com',
  }
  t.strictSame(
    claimRows(claims, (time) => `at ${time.getUTCFullYear()}`),
    [
      { name: 'email', value: 'ada@example.com' },
      { name: 'email_verified', value: 'true' },
      { name: 'cognito:groups', value: 'members, beta' },
      { name: 'exp', value: 'at 2026', dateTime: '2026-09-21T14:13:20.000Z' },
      { name: 'token_use', value: 'id' },
    ],
  )
  t.end()
})

t.test('a time out of all bounds is shown as it is', (t) => {
  const rows = claimRows({ exp: 1e300, iat: 'soon' }, () => 'never')
  t.strictSame(rows, [
    { name: 'exp', value: '1e+300' },
    { name: 'iat', value: 'soon' },
  ])
  t.end()
})

t.test('greets by email, else by phone number, else not by name', (t) => {
  t.equal(signedInAs({ email: 'ada@example.com', phone_number: '+6421123456' }), 'ada@example.com')
  t.equal(signedInAs({ phone_number: '+6421123456' }), '+6421123456')
  t.equal(signedInAs({ sub: 'x' }), undefined)
  t.end()
})
