import t from 'tap'
import {
  attributesOf,
  isProfileField,
  PROFILE_FIELDS,
  profileOf,
} from '../../src/account/profile.ts'

t.test('every field goes to Cognito and comes back under its name', (t) => {
  t.equal(PROFILE_FIELDS.length, 11)
  for (const field of PROFILE_FIELDS) {
    const attributes = attributesOf({ [field]: 'x' })
    t.equal(Object.keys(attributes).length, 1)
    const profile = profileOf({ sub: 's', username: 'u', attributes })
    t.strictSame(profile, { userId: 's', [field]: 'x' })
  }
  t.end()
})

t.test('an empty text is sent, and shown by nobody', (t) => {
  t.strictSame(attributesOf({ name: '', locale: 'de' }), { name: '', locale: 'de' })
  const attributes = { name: '', email: '' }
  t.strictSame(profileOf({ sub: 's', username: 'u', attributes }), { userId: 's' })
  t.end()
})

t.test('no address and no flag is a field that could be changed', (t) => {
  for (const name of [
    'email',
    'phoneNumber',
    'emailVerified',
    'userId',
    'sub',
    'constructor',
    '',
  ]) {
    t.notOk(isProfileField(name), name)
  }
  t.strictSame(attributesOf(JSON.parse('{"email":"x","email_verified":"true","sub":"y"}')), {})
  t.end()
})
