import {
  GetTokensFromRefreshTokenCommand,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { decodeJwt } from 'jose'
import t, { type Test } from 'tap'
import type { LocalClient, Trigger } from '../../../../local/cognito/index.ts'
import {
  clientId,
  codeTriggers,
  errorOf,
  invalidParameter,
  notAuthorized,
  startSubject,
} from '../support.ts'

const INVALID = notAuthorized('Invalid Refresh Token.')

async function signedIn(t: Test, client: Partial<LocalClient> = {}, preTokenGeneration?: Trigger) {
  const subject = await startSubject(t, {
    clients: [{ clientId, ...client }, { clientId: 'other' }],
    triggers: { ...codeTriggers, ...(preTokenGeneration && { preTokenGeneration }) },
  })
  subject.local.users.put({ username: 'ann@example.com' })
  const getTokens = (RefreshToken: string, more: object = {}) =>
    subject.cognito.send(
      new GetTokensFromRefreshTokenCommand({ RefreshToken, ClientId: clientId, ...more }),
    )
  const initiate = (token: string, flow: 'REFRESH_TOKEN_AUTH' | 'REFRESH_TOKEN') =>
    subject.cognito.send(
      new InitiateAuthCommand({
        ClientId: clientId,
        AuthFlow: flow,
        AuthParameters: { REFRESH_TOKEN: token },
        ClientMetadata: { from: 'refresh' },
      }),
    )
  return { ...subject, getTokens, initiate }
}

t.test('both ways give new tokens of the same sign-in and no new refresh token', async (t) => {
  const { local, signIn, getTokens, initiate } = await signedIn(t)
  const first = await signIn('ann@example.com')
  t.ok(first.RefreshToken.length > 1000)
  t.match(first.RefreshToken, /^[\w=.-]+$/)
  local.clock.advance(60_000)
  const before = decodeJwt(first.AccessToken)
  for (const { AuthenticationResult } of [
    await getTokens(first.RefreshToken),
    await initiate(first.RefreshToken, 'REFRESH_TOKEN_AUTH'),
    await initiate(first.RefreshToken, 'REFRESH_TOKEN'),
  ]) {
    t.match(AuthenticationResult, { ExpiresIn: 3600, TokenType: 'Bearer', IdToken: /^ey/ })
    t.equal(AuthenticationResult?.RefreshToken, undefined)
    const after = decodeJwt(AuthenticationResult?.AccessToken ?? '')
    for (const claim of ['sub', 'origin_jti', 'event_id', 'auth_time']) {
      t.equal(after[claim], before[claim])
    }
    t.not(after.jti, before.jti)
    // At least: the machine's own clock goes on beside the minute it was moved by.
    t.ok((after.iat ?? 0) - (before.iat ?? 0) >= 60)
  }
})

t.test('only GetTokensFromRefreshToken hands metadata to PreTokenGeneration', async (t) => {
  const { local, signIn, getTokens, initiate } = await signedIn(t, {}, (event) => event)
  const { RefreshToken } = await signIn('ann@example.com')
  local.triggers.invocations.length = 0
  await getTokens(RefreshToken, { ClientMetadata: { k: 'v' } })
  await initiate(RefreshToken, 'REFRESH_TOKEN_AUTH')
  t.strictSame(
    local.triggers.invocations.map(({ event }) => [
      event.triggerSource,
      event.request['clientMetadata'],
    ]),
    [
      ['TokenGeneration_RefreshTokens', { k: 'v' }],
      ['TokenGeneration_RefreshTokens', undefined],
    ],
  )
})

t.test('refuses tokens that are unknown, foreign, expired or of a user who is gone', async (t) => {
  const { local, signIn, getTokens, initiate } = await signedIn(t, { refreshTokenSeconds: 3600 })
  const { RefreshToken, AccessToken } = await signIn('ann@example.com')
  t.strictSame(await errorOf(getTokens('x.y.z')), INVALID)
  t.strictSame(await errorOf(getTokens(AccessToken)), INVALID)
  t.strictSame(await errorOf(getTokens(RefreshToken, { ClientId: 'other' })), INVALID)
  t.strictSame(await errorOf(initiate('x.y.z', 'REFRESH_TOKEN_AUTH')), INVALID)
  t.strictSame(
    await errorOf(initiate('', 'REFRESH_TOKEN_AUTH')),
    invalidParameter('Missing required parameter REFRESH_TOKEN'),
  )
  local.clock.advance(3600_000)
  const expired = notAuthorized('Refresh Token has expired')
  t.strictSame(await errorOf(getTokens(RefreshToken)), expired)
  t.strictSame(await errorOf(initiate(RefreshToken, 'REFRESH_TOKEN_AUTH')), expired)
  const fresh = await signIn('ann@example.com')
  local.users.disable('ann@example.com')
  const revoked = notAuthorized('Refresh Token has been revoked')
  t.strictSame(await errorOf(getTokens(fresh.RefreshToken)), revoked)
  local.users.enable('ann@example.com')
  t.strictSame(await errorOf(getTokens(fresh.RefreshToken)), revoked, 'for good')
  const last = await signIn('ann@example.com')
  local.users.delete('ann@example.com')
  t.match(await errorOf(getTokens(last.RefreshToken)), { name: 'NotAuthorizedException' })
})

t.test('the secret travels in plain and must be right', async (t) => {
  const { cognito, getTokens } = await signedIn(t, { clientSecret: 'a'.repeat(32) })
  cognito.destroy()
  for (const ClientSecret of [undefined, 'b'.repeat(32)]) {
    t.match(await errorOf(getTokens('x.y.z', { ClientSecret })), { message: /ecret/ })
  }
  t.strictSame(await errorOf(getTokens('x.y.z', { ClientSecret: 'a'.repeat(32) })), INVALID)
  const open = { ClientId: 'other', ClientSecret: 'a'.repeat(32) }
  t.match(await errorOf(getTokens('x.y.z', open)), { name: 'NotAuthorizedException' })
})

t.test(
  'rotation gives a new token, spares the old one for a while, then calls it reuse',
  async (t) => {
    const { local, signIn, getTokens, initiate } = await signedIn(t, {
      refreshTokenRotation: { retryGracePeriodSeconds: 10 },
      refreshTokenSeconds: 3600,
    })
    const first = (await signIn('ann@example.com')).RefreshToken
    const second = (await getTokens(first)).AuthenticationResult?.RefreshToken ?? ''
    t.ok(second)
    t.not(second, first)
    local.clock.advance(5_000)
    t.ok((await getTokens(first)).AuthenticationResult?.RefreshToken, 'within the grace period')
    local.clock.advance(5_000)
    t.match(await errorOf(getTokens(first)), { name: 'RefreshTokenReuseException' })
    const third = (await getTokens(second)).AuthenticationResult?.RefreshToken ?? ''
    t.ok(third, 'the successor lives on')
    t.match(await errorOf(initiate(third, 'REFRESH_TOKEN_AUTH')), {
      name: 'InvalidParameterException',
    })
    local.clock.advance(3590_000)
    t.strictSame(
      await errorOf(getTokens(third)),
      notAuthorized('Refresh Token has expired'),
      'rotation does not prolong the sign-in',
    )
  },
)

t.test('without a grace period only one of two refreshes at the same time wins', async (t) => {
  const { signIn, getTokens } = await signedIn(t, {
    refreshTokenRotation: { retryGracePeriodSeconds: 0 },
  })
  const { RefreshToken } = await signIn('ann@example.com')
  const results = await Promise.allSettled([getTokens(RefreshToken), getTokens(RefreshToken)])
  t.strictSame(results.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'])
})

t.test('a trigger that fails does not use up the refresh token', async (t) => {
  let fails = false
  const { signIn, getTokens } = await signedIn(
    t,
    { refreshTokenRotation: { retryGracePeriodSeconds: 0 } },
    (event) => {
      if (fails) throw new Error('no')
      return event
    },
  )
  const { RefreshToken } = await signIn('ann@example.com')
  fails = true
  t.match(await errorOf(getTokens(RefreshToken)), {
    message: 'PreTokenGeneration failed with error no.',
  })
  fails = false
  t.ok((await getTokens(RefreshToken)).AuthenticationResult?.RefreshToken)
})
