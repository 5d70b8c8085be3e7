import t from 'tap'
import { addressOf, readIdentifier } from '../../../../../local/demo/client/sign-in/identifier.ts'

t.test('what has an @ in it is an email address', (t) => {
  t.strictSame(readIdentifier(' ada@example.com '), { email: 'ada@example.com' })
  t.strictSame(readIdentifier('64211234567@example.com'), { email: '64211234567@example.com' })
  t.end()
})

t.test('a phone number may be written the way people write them', (t) => {
  for (const typed of [
    '+6421123456',
    '+64 21 123 456',
    '+64 (0)21 123-456',
    '+64.21.123\u2013456',
  ]) {
    t.strictSame(readIdentifier(typed), { phoneNumber: '+6421123456' }, typed)
  }
  t.end()
})

t.test('what can be neither is refused before anybody is asked', (t) => {
  for (const typed of [
    '',
    '  ',
    'ada',
    '@',
    'ada@',
    'a b@example.com',
    '021 123 456',
    '+',
    '+12',
  ]) {
    t.equal(readIdentifier(typed), undefined, typed)
  }
  t.equal(readIdentifier('+1234567890123456'), undefined, 'longer than E.164 allows')
  t.end()
})

t.test('an identifier is shown as its address', (t) => {
  t.equal(addressOf({ email: 'ada@example.com' }), 'ada@example.com')
  t.equal(addressOf({ phoneNumber: '+6421123456' }), '+6421123456')
  t.end()
})
