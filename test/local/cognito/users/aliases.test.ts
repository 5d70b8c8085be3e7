import {
  AdminCreateUserCommand,
  AdminUpdateUserAttributesCommand,
  type AdminCreateUserCommandInput,
} from '@aws-sdk/client-cognito-identity-provider'
import { decodeJwt } from 'jose'
import t, { type Test } from 'tap'
import type { LocalCognitoOptions } from '../../../../local/cognito/index.ts'
import { errorOf, invalidParameter, poolId, startSubject } from '../support.ts'

const toList = (attributes: Record<string, string>) =>
  Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }))

async function startPool(t: Test, options: Partial<LocalCognitoOptions>) {
  const subject = await startSubject(t, options)
  const update = (Username: string, attributes: Record<string, string>) =>
    subject.cognito.send(
      new AdminUpdateUserAttributesCommand({
        UserPoolId: poolId,
        Username,
        UserAttributes: toList(attributes),
      }),
    )
  const create = (
    Username: string,
    attributes: Record<string, string>,
    more: Partial<AdminCreateUserCommandInput> = {},
  ) =>
    subject.cognito.send(
      new AdminCreateUserCommand({
        UserPoolId: poolId,
        Username,
        UserAttributes: toList(attributes),
        ...more,
      }),
    )
  const nameFor = async (typed: string) =>
    (await subject.start(typed)).ChallengeParameters?.['USERNAME']
  return { ...subject, update, create, nameFor }
}

t.test('pools named by address', async (t) => {
  const email = 'ann@example.com'

  await t.test('the verified flag can be set and reaches the tokens', async (t) => {
    const { local, update, signIn } = await startPool(t, {})
    const ann = local.users.put({ username: email })
    t.notOk('email_verified' in decodeJwt((await signIn(email)).IdToken))
    await update(ann.username, { email_verified: 'true' })
    t.equal(decodeJwt((await signIn(email)).IdToken)['email_verified'], true)
  })

  await t.test('a taken address is refused', async (t) => {
    const { local, update } = await startPool(t, {})
    local.users.put({ username: email })
    local.users.put({ username: 'bob@example.com' })
    t.strictSame(await errorOf(update('bob@example.com', { email: 'ANN@example.com' })), {
      name: 'AliasExistsException',
      message: 'An account with the given email already exists.',
    })
    t.match(await errorOf(update('nobody@example.com', {})), { name: 'UserNotFoundException' })
  })

  await t.test('a changed address counts once it is verified', async (t) => {
    const { local, update, nameFor } = await startPool(t, {})
    const ann = local.users.put({ username: email, attributes: { email_verified: 'true' } })
    await update(email, { email: 'new@example.com' })
    t.match(ann.attributes, { email: 'new@example.com', email_verified: 'false' })
    t.equal(await nameFor(email), ann.username, 'the old one is still in force')
    t.not(await nameFor('new@example.com'), ann.username)
    await update(ann.username, { email_verified: 'true' })
    t.equal(await nameFor('new@example.com'), ann.username)
    t.not(await nameFor(email), ann.username)
  })

  await t.test('an address that is removed opens nothing any more', async (t) => {
    const { local, update, nameFor } = await startPool(t, {})
    const ann = local.users.put({ username: email, attributes: { phone_number: '+4912345678' } })
    t.equal(await nameFor('+4912345678'), ann.username)
    await update(email, { phone_number: '' })
    t.notOk('phone_number' in ann.attributes)
    t.not(await nameFor('+4912345678'), ann.username)
  })

  await t.test('names are told apart by case only where the pool says so', async (t) => {
    const { local, nameFor } = await startPool(t, { caseSensitive: true })
    const ann = local.users.put({ username: email })
    t.equal(await nameFor(email), ann.username)
    t.not(await nameFor('ANN@example.com'), ann.username)
  })
})

t.test('pools with aliases', async (t) => {
  const usernames = 'alias'
  const verified = { email: 'ann@example.com', email_verified: 'true' }

  await t.test('a name stays literal and must not look like an address', async (t) => {
    const { create } = await startPool(t, { usernames })
    const { User } = await create('ann', {})
    t.equal(User?.Username, 'ann')
    t.not(User?.Attributes?.[0]?.Value, 'ann', 'sub is another one')
    t.strictSame(
      await errorOf(create('ann@example.com', {})),
      invalidParameter(
        'Username cannot be of email format, since user pool is configured for email alias.',
      ),
    )
    t.match(await errorOf(create('ANN', {})), { name: 'UsernameExistsException' })
  })

  await t.test('only a verified address opens the door, and triggers see it', async (t) => {
    const { local, update, nameFor } = await startPool(t, { usernames })
    local.users.put({ username: 'ann', attributes: { email: 'ann@example.com' } })
    t.not(await nameFor('ann@example.com'), 'ann')
    await update('ann', { email_verified: 'true' })
    t.equal(await nameFor('Ann@example.com'), 'ann')
    t.match(local.triggers.invocations.at(-1)?.event.request['userAttributes'], {
      'cognito:email_alias': 'ann@example.com',
    })
    await update('ann', { email_verified: 'false' })
    t.not(await nameFor('ann@example.com'), 'ann')
  })

  await t.test('verifying an address takes it silently from its holder', async (t) => {
    const { local, update, nameFor } = await startPool(t, { usernames })
    const ann = local.users.put({ username: 'ann', attributes: verified })
    local.users.put({ username: 'bob', attributes: { email: 'ann@example.com' } })
    t.equal(await nameFor('ann@example.com'), 'ann')
    await update('bob', { email_verified: 'true' })
    t.equal(await nameFor('ann@example.com'), 'bob')
    t.equal(ann.attributes['email_verified'], 'false')
  })

  await t.test('creating with a held address needs ForceAliasCreation', async (t) => {
    const { local, create, nameFor } = await startPool(t, { usernames })
    const ann = local.users.put({ username: 'ann', attributes: verified })
    t.strictSame(await errorOf(create('bob', verified)), {
      name: 'UsernameExistsException',
      message: 'An account with the given email already exists.',
    })
    await create('bob', verified, { ForceAliasCreation: true })
    t.equal(await nameFor('ann@example.com'), 'bob')
    t.equal(ann.attributes['email_verified'], 'false')
    t.ok(await create('carl', { email: 'ann@example.com' }), 'unverified ones do not collide')
  })
})

t.test('in plain pools only the name opens the door', async (t) => {
  const { local, nameFor } = await startPool(t, { usernames: 'plain' })
  const attributes = { email: 'ann@example.com', email_verified: 'true' }
  local.users.put({ username: 'ann', attributes })
  t.equal(await nameFor('ann'), 'ann')
  t.match(await nameFor('ann@example.com'), /^[\da-f-]{36}$/)
})
