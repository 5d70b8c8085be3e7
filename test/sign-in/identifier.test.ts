import t from 'tap'
import { parseIdentifier } from '../../src/sign-in/identifier.ts'
import { signInError } from '../support/expect-error.ts'

function refusal(pointer: string): ReturnType<typeof signInError> {
  return signInError('invalid_request', { errors: [{ pointer }] })
}

t.test('an email address has one spelling', (t) => {
  const ada = { kind: 'email', value: 'ada@example.com' }
  for (const email of ['ada@example.com', 'ADA@Example.COM', '  ada@example.com\n']) {
    t.strictSame(parseIdentifier({ email }), ada)
  }
  t.strictSame(
    parseIdentifier({ email: 'ada+tag@mail.example.com' }).value,
    'ada+tag@mail.example.com',
  )
  t.end()
})

t.test('what is no email address is refused by its field', (t) => {
  const bad = [
    '',
    'ada',
    'ada@',
    '@example.com',
    'ada@localhost',
    'ada@@example.com',
    'ada@exam ple.com',
    'ada@example.com,eve@example.com',
    'ada@example.com\r\nbcc: eve@example.com',
    'ada@example..com',
    '<ada@example.com>',
    'mailto:ada@example.com ',
    `${'a'.repeat(120)}@example.com`,
  ]
  for (const email of bad) t.throws(() => parseIdentifier({ email }), refusal('/email'), email)
  t.end()
})

t.test('an email address may have 128 characters, as a username of Cognito may', (t) => {
  const domain = `${'d'.repeat(60)}.example.com`
  const local = 'a'.repeat(55)
  t.equal(`${local}@${domain}`.length, 128)
  t.equal(parseIdentifier({ email: `${local}@${domain}` }).value.length, 128)
  t.throws(() => parseIdentifier({ email: `${local}a@${domain}` }), refusal('/email'))
  t.end()
})

t.test('a phone number becomes E.164', (t) => {
  for (const phoneNumber of [
    '+6421234567',
    '+64 21 234 567',
    '+64 (21) 234-567',
    ' +6421234567 ',
  ]) {
    t.strictSame(parseIdentifier({ phoneNumber }), {
      kind: 'phoneNumber',
      value: '+6421234567',
      phone: { countries: ['NZ'], prefix: '+64212' },
    })
  }
  t.end()
})

t.test('a phone number is at home somewhere, or may be in several places, or nowhere', (t) => {
  for (const [phoneNumber, countries, prefix] of [
    ['+12125551234', ['US'], '+1212'],
    ['+1 (876) 555-1234', ['JM'], '+1876'],
    ['+447797712345', ['JE'], '+44779'],
    ['+262639123456', ['RE', 'YT'], '+262639'],
    ['+88213123456', [], '+882131'],
  ] as const) {
    t.strictSame(parseIdentifier({ phoneNumber }).phone, { countries, prefix }, phoneNumber)
  }
  t.end()
})

t.test('what is no international phone number is refused by its field', (t) => {
  const bad = [
    '',
    '+',
    '021234567',
    '006421234567',
    'tel:+6421234567',
    '+64',
    '+9991234567',
    '+642123456789012345',
    '+6421234567;ext=5',
    '+6421234567 ext. 5',
    'call +6421234567',
    '+64212x34567',
  ]
  for (const phoneNumber of bad) {
    t.throws(() => parseIdentifier({ phoneNumber }), refusal('/phoneNumber'), phoneNumber)
  }
  t.end()
})

t.test('a username is taken as it is, in composed Unicode', (t) => {
  t.strictSame(parseIdentifier({ username: 'Ada.L-1' }), { kind: 'username', value: 'Ada.L-1' })
  t.equal(parseIdentifier({ username: 'Zoe\u0308' }).value, 'Zo\u00eb')
  t.equal(parseIdentifier({ username: 'a'.repeat(128) }).value.length, 128)
  t.end()
})

t.test('what is no username is refused by its field', (t) => {
  const bad = [
    '',
    ' ',
    'a b',
    'a\u0000b',
    'a\u200bb',
    'a'.repeat(129),
    'ada@example.com',
    '+6421234567',
  ]
  for (const username of bad) {
    t.throws(() => parseIdentifier({ username }), refusal('/username'), JSON.stringify(username))
  }
  t.end()
})

t.test('exactly one identifier is sent', (t) => {
  const [email, phoneNumber, username] = ['ada@example.com', '+6421234567', 'ada']
  for (const input of [
    {},
    { email, phoneNumber },
    { email, username },
    { phoneNumber, username },
    { email, phoneNumber, username },
    { email, username: '' },
  ]) {
    t.throws(() => parseIdentifier(input), refusal(''), JSON.stringify(input))
  }
  t.end()
})

t.test('a refusal says what to send and never what was sent', (t) => {
  for (const input of [
    { email: 'Hunter2' },
    { phoneNumber: 'Hunter2' },
    { username: 'Hunter2 x' },
  ]) {
    try {
      parseIdentifier(input)
      t.fail('was accepted')
    } catch (error) {
      t.notMatch(JSON.stringify(error) + String(error), /hunter2/i)
    }
  }
  t.end()
})
