import { SignUpCommand, type SignUpCommandInput } from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import { secretHashOf, type LocalCognitoOptions } from '../../../../local/cognito/index.ts'
import { clientId, codeTriggers, errorOf, notAuthorized, startSubject } from '../support.ts'

async function startSignUp(t: Test, options: Partial<LocalCognitoOptions> = {}) {
  const subject = await startSubject(t, { signUpAllowed: true, ...options })
  const signUp = (Username: string, more: Partial<SignUpCommandInput> = {}) =>
    subject.cognito.send(
      new SignUpCommand({ ClientId: clientId, Username, Password: 'Passw0rd!', ...more }),
    )
  return { ...subject, signUp }
}

const confirming = (response: object) => ({
  ...codeTriggers,
  preSignUp: (event: object) => ({ ...event, response }),
})

t.test('is refused unless the pool allows it', async (t) => {
  const { local, signUp } = await startSignUp(t, { signUpAllowed: false })
  t.strictSame(
    await errorOf(signUp('ann@example.com')),
    notAuthorized('SignUp is not permitted for this user pool'),
  )
  t.strictSame(local.users.list(), [])
})

t.test('makes an unconfirmed user, who cannot sign in yet', async (t) => {
  const { local, signUp, start } = await startSignUp(t)
  const { UserConfirmed, UserSub } = await signUp('ann@example.com')
  t.equal(UserConfirmed, false)
  t.match(local.users.find('ann@example.com'), { sub: UserSub, status: 'UNCONFIRMED' })
  t.match(await errorOf(start('ann@example.com')), { name: 'UserNotConfirmedException' })
  t.strictSame(await errorOf(signUp('ANN@example.com')), {
    name: 'UsernameExistsException',
    message: 'User already exists',
  })
  const weak = { Password: 'short' }
  t.match(await errorOf(signUp('bob@example.com', weak)), { name: 'InvalidPasswordException' })
})

t.test('PreSignUp may confirm and verify', async (t) => {
  const { local, signUp, signIn } = await startSignUp(t, {
    triggers: confirming({ autoConfirmUser: true, autoVerifyEmail: true, autoVerifyPhone: true }),
  })
  const more = {
    ValidationData: [{ Name: 'a', Value: 'b' }],
    ClientMetadata: { k: 'v' },
  }
  t.equal((await signUp('ann@example.com', more)).UserConfirmed, true)
  t.match(local.triggers.invocations[0]?.event, {
    triggerSource: 'PreSignUp_SignUp',
    callerContext: { clientId },
    request: { validationData: { a: 'b' }, clientMetadata: { k: 'v' } },
  })
  const { attributes } = local.users.find('ann@example.com') ?? {}
  t.strictSame(attributes, { email: 'ann@example.com', email_verified: 'true' })
  t.ok((await signIn('ann@example.com')).AccessToken)
})

t.test('in alias pools verifying moves the address to the newcomer', async (t) => {
  const { local, signUp } = await startSignUp(t, {
    usernames: 'alias',
    triggers: confirming({ autoConfirmUser: true, autoVerifyEmail: true }),
  })
  const email = 'ann@example.com'
  const ann = local.users.put({ username: 'ann', attributes: { email, email_verified: 'true' } })
  await signUp('bob', { UserAttributes: [{ Name: 'email', Value: email }] })
  t.equal(local.users.find(email)?.username, 'bob')
  t.equal(ann.attributes['email_verified'], 'false')
})

t.test('needs the hash where the client has a secret', async (t) => {
  const clientSecret = 'a'.repeat(32)
  const { signUp } = await startSignUp(t, { clients: [{ clientId, clientSecret }] })
  t.match(await errorOf(signUp('ann@example.com')), { name: 'NotAuthorizedException' })
  const SecretHash = secretHashOf('ann@example.com', clientId, clientSecret)
  t.ok(await signUp('ann@example.com', { SecretHash }))
})
