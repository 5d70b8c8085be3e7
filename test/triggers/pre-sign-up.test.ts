import t from 'tap'
import { handler } from '../../src/triggers/pre-sign-up.ts'
import type { PreSignUpEvent } from '../../src/triggers/events.ts'

function event(triggerSource: string): PreSignUpEvent {
  return {
    version: '1',
    region: 'eu-west-1',
    userPoolId: 'eu-west-1_Pool',
    userName: 'ada',
    callerContext: { awsSdkVersion: 'x', clientId: 'client' },
    triggerSource,
    request: { userAttributes: { email: 'ada@example.com' } },
    response: { autoConfirmUser: true, autoVerifyEmail: true, autoVerifyPhone: true },
  }
}

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

t.test('a stranger may not register anybody', async (t) => {
  await t.rejects(handler(event('PreSignUp_SignUp')), { message: 'SIGN_UP_NOT_ALLOWED' })
})
