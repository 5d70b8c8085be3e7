import {
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminGetUserCommand,
  AdminSetUserPasswordCommand,
  type AdminCreateUserCommandInput,
} from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import type { LocalCognitoOptions } from '../../../../local/cognito/index.ts'
import { errorOf, invalidParameter, notAuthorized, poolId, startSubject } from '../support.ts'

const user = { UserPoolId: poolId, Username: 'ann@example.com' }
const NOT_FOUND = { name: 'UserNotFoundException', message: 'User does not exist.' }

async function startAdmin(t: Test, options: Partial<LocalCognitoOptions> = {}) {
  const subject = await startSubject(t, options)
  const create = (Username: string, more: Partial<AdminCreateUserCommandInput> = {}) =>
    subject.cognito.send(
      new AdminCreateUserCommand({
        UserPoolId: poolId,
        Username,
        MessageAction: 'SUPPRESS',
        DesiredDeliveryMediums: ['EMAIL'],
        ...more,
      }),
    )
  return { ...subject, create }
}

t.test(
  'AdminCreateUser answers a UUID name, its attributes and FORCE_CHANGE_PASSWORD',
  async (t) => {
    const { create, cognito } = await startAdmin(t)
    const { User } = await create('ann@example.com', {
      UserAttributes: [{ Name: 'custom:plan', Value: '1' }],
    })
    t.match(User?.Username, /^[\da-f]{8}-[\da-f]{4}-70[\da-f]{2}-[\da-f]{4}-[\da-f]{12}$/)
    t.strictSame(User?.Attributes, [
      { Name: 'sub', Value: User?.Username },
      { Name: 'custom:plan', Value: '1' },
      { Name: 'email', Value: 'ann@example.com' },
    ])
    t.match(User, { Enabled: true, UserStatus: 'FORCE_CHANGE_PASSWORD' })
    t.ok(Math.abs(Date.now() - (User?.UserCreateDate?.getTime() ?? 0)) < 60_000)
    for (const Username of ['ANN@example.com', User?.Username]) {
      const found = await cognito.send(new AdminGetUserCommand({ UserPoolId: poolId, Username }))
      t.match(found, { Username: User?.Username, UserStatus: 'FORCE_CHANGE_PASSWORD' })
      t.strictSame(found.UserAttributes, User?.Attributes)
    }
  },
)

t.test('a second user of one address is refused, whatever the case', async (t) => {
  const { create } = await startAdmin(t)
  await create('ann@example.com', {
    UserAttributes: [{ Name: 'phone_number', Value: '+4912345678' }],
  })
  t.strictSame(await errorOf(create('Ann@Example.com')), {
    name: 'UsernameExistsException',
    message: 'User account already exists',
  })
  t.match(await errorOf(create('+4912345678')), { name: 'UsernameExistsException' })
  t.strictSame(
    await errorOf(
      create('bob@example.com', {
        UserAttributes: [{ Name: 'phone_number', Value: '+4912345678' }],
      }),
    ),
    {
      name: 'UsernameExistsException',
      message: 'An account with the given phone_number already exists.',
    },
  )
})

t.test('of two calls for one address at the same time one loses', async (t) => {
  const { create } = await startAdmin(t, {
    triggers: { preSignUp: (event) => new Promise((done) => setTimeout(done, 50, event)) },
  })
  const results = await Promise.allSettled([create('ann@example.com'), create('ann@example.com')])
  t.strictSame(results.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'])
})

const attribute = (Name: string, Value: string) => ({ UserAttributes: [{ Name, Value }] })

t.test('addresses must be addresses and agree with each other', async (t) => {
  const { create } = await startAdmin(t)
  const cases: [string, Partial<AdminCreateUserCommandInput>, string][] = [
    ['ann', {}, 'Username should be either an email or a phone number.'],
    ['+12', {}, 'Username should be either an email or a phone number.'],
    [
      'ann@example.com',
      attribute('email', 'bob@example.com'),
      'User email should be empty or same as username, since username attribute is email.',
    ],
    ['ann@example.com', attribute('phone_number', '0123'), 'Invalid phone number format.'],
    ['+4912345678', attribute('email', 'ann'), 'Invalid email address format.'],
    [
      '+4912345678',
      attribute('email_verified', 'true'),
      'Email is required to verify/un-verify an email',
    ],
    ['ann@example.com', attribute('sub', 'x'), 'user.sub: Attribute cannot be updated.'],
    [
      'ann@example.com',
      attribute('colour', 'x'),
      'Attributes did not conform to the schema: colour: Attribute does not exist in the schema.',
    ],
  ]
  for (const [name, more, message] of cases) {
    t.strictSame(await errorOf(create(name, more)), invalidParameter(message))
  }
  t.ok(await create('ann@example.com', attribute('email', 'ANN@example.com')))
})

t.test('RESEND is for a user who has not signed in yet', async (t) => {
  const { create, local } = await startAdmin(t)
  const MessageAction = 'RESEND'
  t.strictSame(await errorOf(create('ann@example.com', { MessageAction })), NOT_FOUND)
  const { User } = await create('ann@example.com')
  t.equal((await create('ann@example.com', { MessageAction })).User?.Username, User?.Username)
  local.users.setStatus('ann@example.com', 'CONFIRMED')
  t.match(await errorOf(create('ann@example.com', { MessageAction })), {
    name: 'UnsupportedUserStateException',
  })
})

t.test('PreSignUp may veto a new user, but not confirm or verify it', async (t) => {
  let vetoes = false
  const { create, local } = await startAdmin(t, {
    triggers: {
      preSignUp: (event) => {
        if (vetoes) throw new Error('not here')
        event.response = { autoConfirmUser: true, autoVerifyEmail: true }
        return event
      },
    },
  })
  const { User } = await create('ann@example.com', { ClientMetadata: { k: 'v' } })
  t.equal(User?.UserStatus, 'FORCE_CHANGE_PASSWORD')
  t.notOk(User?.Attributes?.some(({ Name }) => Name === 'email_verified'))
  t.match(local.triggers.invocations[0]?.event, {
    triggerSource: 'PreSignUp_AdminCreateUser',
    callerContext: { clientId: 'CLIENT_ID_NOT_APPLICABLE' },
    request: {
      userAttributes: { email: 'ann@example.com' },
      validationData: null,
      clientMetadata: { k: 'v' },
    },
    response: { autoConfirmUser: false, autoVerifyEmail: false, autoVerifyPhone: false },
  })
  vetoes = true
  t.strictSame(await errorOf(create('bob@example.com')), {
    name: 'UserLambdaValidationException',
    message: 'PreSignUp failed with error not here.',
  })
  t.equal(local.users.find('bob@example.com'), undefined)
})

t.test('passwords must conform and decide between two states', async (t) => {
  const { create, cognito, local } = await startAdmin(t)
  const set = (Password: string, Permanent: boolean) =>
    cognito.send(new AdminSetUserPasswordCommand({ ...user, Password, Permanent }))
  t.strictSame(await errorOf(set('Passw0rd!', true)), NOT_FOUND)
  const weak = { TemporaryPassword: 'short' }
  t.match(await errorOf(create('ann@example.com', weak)), { name: 'InvalidPasswordException' })
  await create('ann@example.com', { TemporaryPassword: 'Passw0rd!' })
  const texts: [string, string][] = [
    ['Pw0!', 'Password not long enough'],
    ['PASSW0RD!', 'Password must have lowercase characters'],
    ['passw0rd!', 'Password must have uppercase characters'],
    ['Password!', 'Password must have numeric characters'],
    ['Passw0rdd', 'Password must have symbol characters'],
  ]
  for (const [password, text] of texts) {
    t.strictSame(await errorOf(set(password, true)), {
      name: 'InvalidPasswordException',
      message: `Password did not conform with policy: ${text}`,
    })
  }
  await set('Passw0rd!', true)
  t.equal(local.users.find('ann@example.com')?.status, 'CONFIRMED')
  await set('Passw0rd!', false)
  t.equal(local.users.find('ann@example.com')?.status, 'FORCE_CHANGE_PASSWORD')
})

t.test('a user can be disabled, enabled and deleted', async (t) => {
  const { cognito, create, start, signIn } = await startAdmin(t)
  await create('ann@example.com')
  await cognito.send(new AdminDisableUserCommand(user))
  t.equal((await cognito.send(new AdminGetUserCommand(user))).Enabled, false)
  t.strictSame(await errorOf(start('ann@example.com')), notAuthorized('User is disabled.'))
  await cognito.send(new AdminEnableUserCommand(user))
  t.ok((await signIn('ann@example.com')).AccessToken)
  await cognito.send(new AdminDeleteUserCommand(user))
  const errors = [
    cognito.send(new AdminGetUserCommand(user)),
    cognito.send(new AdminDeleteUserCommand(user)),
    cognito.send(new AdminDisableUserCommand(user)),
    cognito.send(new AdminEnableUserCommand(user)),
  ].map(errorOf)
  for (const error of await Promise.all(errors)) {
    t.strictSame(error, NOT_FOUND)
  }
})

t.test('another pool does not exist', async (t) => {
  const { cognito } = await startAdmin(t)
  const UserPoolId = 'eu-west-1_Other'
  const missing = {
    name: 'ResourceNotFoundException',
    message: 'User pool eu-west-1_Other does not exist.',
  }
  const errors = [
    cognito.send(new AdminGetUserCommand({ ...user, UserPoolId })),
    cognito.send(new AdminCreateUserCommand({ ...user, UserPoolId })),
    cognito.send(new AdminDeleteUserCommand({ ...user, UserPoolId })),
  ].map(errorOf)
  for (const error of await Promise.all(errors)) {
    t.strictSame(error, missing)
  }
})
