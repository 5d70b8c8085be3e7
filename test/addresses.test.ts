import t from 'tap'
import { addressDigest, type SignInContext } from '../src/trigger-protocol/signed-context.ts'
import { addressesInPlay, provenThing, sameAddress, trustedAddresses } from '../src/addresses.ts'

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

const key = Buffer.alloc(32, 7)
const both = {
  email,
  email_verified: 'true',
  phone_number,
  phone_number_verified: 'true',
}
const typed = (address: string) => addressDigest(key, address)
const inPlay = (attributes: Record<string, string>, context?: SignInContext) =>
  addressesInPlay(attributes, context, key)?.map(({ value }) => value)

t.test('only the address that was typed is in play, where the service says which', (t) => {
  t.strictSame(inPlay(both, { identifier: 'email', typed: typed(' ADA@example.com') }), [email])
  t.strictSame(inPlay(both, { identifier: 'phoneNumber', typed: typed(phone_number) }), [
    phone_number,
  ])
  t.strictSame(inPlay(both, { identifier: 'username' }), [email, phone_number])
  t.strictSame(inPlay(both), [email, phone_number], 'a client that calls Cognito itself')
  t.end()
})

t.test('nothing is in play when the user does not have what was typed', (t) => {
  for (const context of [
    { identifier: 'email', typed: typed('old@example.com') },
    { identifier: 'email', typed: typed(phone_number) },
    { identifier: 'phoneNumber', typed: typed(email) },
    { identifier: 'email' },
  ] as const) {
    t.equal(inPlay(both, context), undefined)
  }
  const unproven = { ...both, phone_number_verified: 'false' }
  t.equal(inPlay(unproven, { identifier: 'phoneNumber', typed: typed(phone_number) }), undefined)
  t.equal(inPlay({}, { identifier: 'email', typed: typed(email) }), undefined)
  t.end()
})

t.test('says what a method proves', (t) => {
  const addresses = trustedAddresses(both)
  t.match(provenThing('EMAIL_OTP', addresses), { value: email })
  t.match(provenThing('WHATSAPP', addresses), { value: phone_number })
  t.equal(provenThing('PASSKEY', []), 'possession')
  for (const method of ['SMS', 'RECOVERY_CODE', 'VERIFF', '', undefined]) {
    t.equal(provenThing(method, trustedAddresses({ email })), undefined, method ?? 'none')
  }
  t.end()
})

t.test('compares addresses by what they mean', (t) => {
  t.ok(sameAddress(' Ada@Example.com', email))
  t.notOk(sameAddress(undefined, email))
  t.notOk(sameAddress('ada@example.org', email))
  t.end()
})
