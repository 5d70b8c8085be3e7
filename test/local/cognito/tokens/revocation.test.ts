import {
  AdminUserGlobalSignOutCommand,
  DeleteUserCommand,
  GetTokensFromRefreshTokenCommand,
  GetUserCommand,
  GlobalSignOutCommand,
  RevokeTokenCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import type { LocalClient } from '../../../../local/cognito/index.ts'
import { clientId, errorOf, notAuthorized, poolId, startSubject } from '../support.ts'

const REVOKED = notAuthorized('Access Token has been revoked')
const REFRESH_REVOKED = notAuthorized('Refresh Token has been revoked')

async function signedIn(t: Test, client: Partial<LocalClient> = {}) {
  const subject = await startSubject(t, {
    clients: [{ clientId, ...client }, { clientId: 'other' }],
  })
  const { cognito } = subject
  subject.local.users.put({ username: 'ann@example.com' })
  const getUser = (AccessToken: string) => cognito.send(new GetUserCommand({ AccessToken }))
  const refresh = (RefreshToken: string) =>
    cognito.send(new GetTokensFromRefreshTokenCommand({ RefreshToken, ClientId: clientId }))
  const revoke = (Token: string, more: object = {}) =>
    cognito.send(new RevokeTokenCommand({ Token, ClientId: clientId, ...more }))
  return { ...subject, getUser, refresh, revoke }
}

t.test('RevokeToken ends one sign-in, all of it, and can be repeated', async (t) => {
  const { signIn, getUser, refresh, revoke } = await signedIn(t)
  const one = await signIn('ann@example.com')
  const two = await signIn('ann@example.com')
  const refreshed = (await refresh(one.RefreshToken)).AuthenticationResult?.AccessToken ?? ''
  await revoke(one.RefreshToken)
  t.strictSame(await errorOf(refresh(one.RefreshToken)), REFRESH_REVOKED)
  t.strictSame(await errorOf(getUser(one.AccessToken)), REVOKED)
  t.strictSame(await errorOf(getUser(refreshed)), REVOKED)
  t.ok(await getUser(two.AccessToken))
  t.ok(await refresh(two.RefreshToken))
  await revoke(one.RefreshToken)
  await revoke('never.existed')
})

t.test('RevokeToken refuses other tokens and other clients', async (t) => {
  const { signIn, revoke, refresh } = await signedIn(t)
  const tokens = await signIn('ann@example.com')
  for (const token of [tokens.AccessToken, tokens.IdToken]) {
    t.match(await errorOf(revoke(token)), { name: 'UnsupportedTokenTypeException' })
  }
  for (const more of [{ ClientId: 'nobody' }, { ClientId: 'other' }, { ClientSecret: 'x' }]) {
    const call = revoke(tokens.RefreshToken, more)
    t.match(await errorOf(call), { name: 'UnauthorizedException' })
  }
  t.ok(await refresh(tokens.RefreshToken))
})

t.test('RevokeToken is off where the client has revocation off', async (t) => {
  const { signIn, revoke } = await signedIn(t, { tokenRevocation: false })
  const { RefreshToken } = await signIn('ann@example.com')
  t.match(await errorOf(revoke(RefreshToken)), { name: 'UnsupportedOperationException' })
})

t.test('GlobalSignOut and its administrative twin end every sign-in of the user', async (t) => {
  const { local, cognito, signIn, getUser, refresh } = await signedIn(t)
  local.users.put({ username: 'bob@example.com' })
  const bob = await signIn('bob@example.com')
  for (const signOut of [
    (AccessToken: string) => cognito.send(new GlobalSignOutCommand({ AccessToken })),
    () =>
      cognito.send(
        new AdminUserGlobalSignOutCommand({ UserPoolId: poolId, Username: 'ann@example.com' }),
      ),
  ]) {
    const one = await signIn('ann@example.com')
    const two = await signIn('ann@example.com')
    await signOut(one.AccessToken)
    for (const { AccessToken, RefreshToken } of [one, two]) {
      t.strictSame(await errorOf(getUser(AccessToken)), REVOKED)
      t.strictSame(await errorOf(refresh(RefreshToken)), REFRESH_REVOKED)
    }
  }
  t.ok(await getUser(bob.AccessToken))
})

t.test('DeleteUser removes the holder of the token', async (t) => {
  const { local, cognito, signIn, getUser, refresh, revoke } = await signedIn(t)
  const deleteUser = (AccessToken: string) => cognito.send(new DeleteUserCommand({ AccessToken }))
  const one = await signIn('ann@example.com')
  await revoke(one.RefreshToken)
  t.strictSame(await errorOf(deleteUser(one.AccessToken)), REVOKED)

  const { AccessToken, RefreshToken } = await signIn('ann@example.com')
  await deleteUser(AccessToken)
  t.equal(local.users.find('ann@example.com'), undefined)
  const gone = { name: 'UserNotFoundException', message: 'User does not exist.' }
  t.strictSame(await errorOf(getUser(AccessToken)), gone)
  t.strictSame(await errorOf(deleteUser(AccessToken)), gone)
  t.strictSame(await errorOf(refresh(RefreshToken)), REFRESH_REVOKED)
  local.users.put({ username: 'ann@example.com' })
  t.strictSame(await errorOf(getUser(AccessToken)), gone, 'a later user of that name is another')
})
