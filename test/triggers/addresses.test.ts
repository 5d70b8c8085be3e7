import t from 'tap'
import { acceptedMethods, sameAddress, trustedAddresses } from '../../src/triggers/addresses.ts'

const email = 'ada@example.com'
const phone_number = '+6421234567'
const values = (attributes: Record<string, string>) =>
  trustedAddresses(attributes).map(({ value }) => value)

t.test('trusts what Cognito holds as verified, however the flag is spelt', (t) => {
  t.strictSame(values({ email, email_verified: 'true', phone_number }), [email])
  t.strictSame(values({ email, phone_number, phone_number_verified: 'True' }), [phone_number])
  t.strictSame(
    values({ email, email_verified: 'TRUE', phone_number, phone_number_verified: 'true' }),
    [email, phone_number],
  )
  t.end()
})

t.test('trusts the one address of a user with nothing verified, and never a second', (t) => {
  t.strictSame(values({ email }), [email])
  t.strictSame(values({ phone_number, phone_number_verified: 'false' }), [phone_number])
  t.strictSame(values({ email, phone_number }), [email])
  t.strictSame(values({}), [])
  t.end()
})

t.test('accepts proofs of the address that was typed, and of what the user holds', (t) => {
  const both = trustedAddresses({
    email,
    email_verified: 'true',
    phone_number,
    phone_number_verified: 'true',
  })
  t.ok(acceptedMethods(both, 'email').has('EMAIL_OTP'))
  t.notOk(acceptedMethods(both, 'email').has('SMS'))
  t.ok(acceptedMethods(both, 'phoneNumber').has('SMS'))
  t.notOk(acceptedMethods(both, 'phoneNumber').has('EMAIL_MAGIC_LINK'))
  for (const asked of ['username', undefined] as const) {
    t.ok(acceptedMethods(both, asked).has('SMS') && acceptedMethods(both, asked).has('EMAIL_OTP'))
  }
  t.ok(acceptedMethods([], 'email').has('PASSKEY'))
  t.notOk(acceptedMethods([], 'email').has('EMAIL_OTP'))
  t.notOk(acceptedMethods(both, undefined).has('RECOVERY_CODE'))
  t.end()
})

t.test('compares addresses by what they mean', (t) => {
  t.ok(sameAddress(' Ada@Example.com', email))
  t.notOk(sameAddress(undefined, email))
  t.notOk(sameAddress('ada@example.org', email))
  t.end()
})
