import t from 'tap'
import type { PreSignUpEvent } from '../../src/triggers/events.ts'
import { derivedKey } from '../../src/trigger-protocol/derived-key.ts'
import { writeContext } from '../../src/trigger-protocol/signed-context.ts'

const email = 'ada@example.com'
process.env['AUTHSIGNAL_SECRET'] = 'tenant-secret'
const { handler } = await import('../../src/triggers/pre-sign-up.ts')
const key = derivedKey('tenant-secret', 'context')

function event(
  triggerSource: string,
  request: Partial<PreSignUpEvent['request']> = {},
): PreSignUpEvent {
  return {
    version: '1',
    region: 'eu-west-1',
    userPoolId: 'eu-west-1_Pool',
    userName: 'ada',
    callerContext: { awsSdkVersion: 'x', clientId: 'client' },
    triggerSource,
    request: { userAttributes: { email }, ...request },
    response: { autoConfirmUser: true, autoVerifyEmail: true, autoVerifyPhone: true },
  }
}

const signedFor = (address: string, signingKey = key) => ({
  clientMetadata: writeContext(signingKey, address, { identifier: 'email' }),
})

t.test(
  'an administrator may create users, who are neither confirmed nor verified by it',
  async (t) => {
    for (const source of ['PreSignUp_AdminCreateUser', 'PreSignUp_ExternalProvider']) {
      t.strictSame((await handler(event(source))).response, {
        autoConfirmUser: false,
        autoVerifyEmail: false,
        autoVerifyPhone: false,
      })
    }
  },
)

const vouched = (kind: 'email' | 'phoneNumber', address: string) => ({
  clientMetadata: writeContext(key, address, { identifier: kind, method: 'GOOGLE' }),
})

t.test('our service may sign a user up, who is confirmed and not verified', async (t) => {
  t.strictSame((await handler(event('PreSignUp_SignUp', signedFor(email)))).response, {
    autoConfirmUser: true,
    autoVerifyEmail: false,
    autoVerifyPhone: false,
  })
})

t.test(
  'an address that Google or Apple vouch for is verified at once, a phone never',
  async (t) => {
    const byEmail = await handler(event('PreSignUp_SignUp', vouched('email', email)))
    t.match(byEmail.response, { autoVerifyEmail: true, autoVerifyPhone: false })
    const phone = '+6421234567'
    const byPhone = await handler(
      event('PreSignUp_SignUp', {
        userAttributes: { phone_number: phone },
        ...vouched('phoneNumber', phone),
      }),
    )
    t.match(byPhone.response, { autoVerifyEmail: false, autoVerifyPhone: false })
    const admin = await handler(event('PreSignUp_AdminCreateUser', vouched('email', email)))
    t.match(admin.response, { autoVerifyEmail: false })
  },
)

t.test('a stranger may not register anybody', async (t) => {
  const signed = signedFor(email)
  const old = writeContext(key, email, { identifier: 'email' }, Date.now() - 3_600_000)
  for (const request of [
    {},
    { clientMetadata: null },
    { clientMetadata: { signature: '' } },
    { clientMetadata: old },
    signedFor('other@example.com'),
    signedFor(email, derivedKey('another secret', 'context')),
    { ...signed, userAttributes: {} },
    { ...signed, userAttributes: { email, phone_number: '+6421234567' } },
    { ...signed, userAttributes: { email: 'other@example.com' } },
  ]) {
    await t.rejects(handler(event('PreSignUp_SignUp', request)), { message: 'SIGN_UP_NOT_ALLOWED' })
  }
})
