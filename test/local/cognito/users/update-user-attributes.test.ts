import {
  GetUserCommand,
  UpdateUserAttributesCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import type { LocalClient, LocalCognitoOptions } from '../../../../local/cognito/index.ts'
import { clientId, errorOf, invalidParameter, notAuthorized, startSubject } from '../support.ts'

const UNAUTHORIZED = notAuthorized('A client attempted to write unauthorized attribute')

async function signedIn(
  t: Test,
  client: Partial<LocalClient> = {},
  options: Partial<LocalCognitoOptions> = {},
) {
  const subject = await startSubject(t, { clients: [{ clientId, ...client }], ...options })
  const { cognito, local } = subject
  const username = options.usernames === 'alias' ? 'ann' : 'ann@example.com'
  const ann = local.users.put({
    username,
    attributes: { email: 'ann@example.com', email_verified: 'true', name: 'Ann' },
  })
  const { AccessToken } = await subject.signIn(username)
  const update = (attributes: Record<string, string>) =>
    cognito.send(
      new UpdateUserAttributesCommand({
        AccessToken,
        UserAttributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
      }),
    )
  const shown = async () => {
    const { UserAttributes } = await cognito.send(new GetUserCommand({ AccessToken }))
    const pairs = UserAttributes!.map(({ Name, Value }) => [Name, Value])
    const { sub: _sub, ...attributes } = Object.fromEntries(pairs)
    return attributes
  }
  return { ...subject, ann, AccessToken, update, shown }
}

t.test('users change and delete attributes of their own', async (t) => {
  const { update, shown } = await signedIn(t)
  await update({ name: '', given_name: 'Ann', locale: 'en-NZ' })
  t.strictSame(await shown(), {
    email: 'ann@example.com',
    email_verified: 'true',
    given_name: 'Ann',
    locale: 'en-NZ',
  })
})

t.test('an address they change is unverified, and one they add too', async (t) => {
  const { update, shown } = await signedIn(t)
  await update({ email: 'ann@example.org', phone_number: '+6421234567' })
  t.match(await shown(), {
    email: 'ann@example.org',
    email_verified: 'false',
    phone_number: '+6421234567',
    phone_number_verified: 'false',
  })
  await update({ phone_number: '' })
  t.notMatch(await shown(), { phone_number: String })
  t.notMatch(await shown(), { phone_number_verified: String })
})

t.test('an address of somebody else is not to be had', async (t) => {
  const { local, update, shown } = await signedIn(t)
  local.users.put({ username: 'bob@example.com' })
  t.match(await errorOf(update({ email: 'BOB@example.com' })), { name: 'AliasExistsException' })
  t.match(await shown(), { email: 'ann@example.com', email_verified: 'true' })
})

for (const usernames of ['email-or-phone', 'alias'] as const) {
  t.test(`${usernames}: the old address signs in until the new one is proven`, async (t) => {
    const { local, ann, update } = await signedIn(t, {}, { usernames })
    await update({ email: 'ann@example.org' })
    t.equal(local.users.find('ann@example.com'), ann)
    t.equal(local.users.find('ann@example.org'), undefined)
  })
}

t.test('users cannot verify themselves, nor write what the client may not', async (t) => {
  const standard = await signedIn(t)
  for (const attributes of [{ email_verified: 'true' }, { 'custom:plan': 'gold' }]) {
    t.strictSame(await errorOf(standard.update(attributes)), UNAUTHORIZED)
  }
  const { update, shown } = await signedIn(t, { writeAttributes: ['name', 'custom:plan'] })
  await update({ name: 'Anna', 'custom:plan': 'gold' })
  t.strictSame(await errorOf(update({ name: 'X', email: 'x@example.com' })), UNAUTHORIZED)
  t.match(await shown(), { name: 'Anna', email: 'ann@example.com' })
})

t.test('refuses what is no attribute', async (t) => {
  const { update } = await signedIn(t)
  t.match(await errorOf(update({ shoe_size: '42' })), { name: 'InvalidParameterException' })
  t.strictSame(
    await errorOf(update({ email: 'ann' })),
    invalidParameter('Invalid email address format.'),
  )
  t.match(await errorOf(update({ sub: 'x' })), { name: 'InvalidParameterException' })
})

t.test('needs a live access token', async (t) => {
  const { local, update } = await signedIn(t)
  local.users.disable('ann@example.com')
  t.strictSame(await errorOf(update({ name: 'x' })), notAuthorized('Access Token has been revoked'))
})
