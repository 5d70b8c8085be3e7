import {
  AdminUserGlobalSignOutCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import { awsFault } from '../../local/index.ts'
import { startStack, type Answer, type Stack, type StackOptions } from '../support/stack.ts'

const email = 'ada@example.com'
const ROTATION = {
  refreshTokenRotation: { retryGracePeriodSeconds: 0 },
  explicitAuthFlows: ['ALLOW_CUSTOM_AUTH'],
}

interface SignedIn extends Stack {
  tokens: { accessToken: string; idToken: string; refreshToken: string }
  refresh(refreshToken: string): Promise<Answer>
  signOut(refreshToken: string): Promise<Answer>
  signOutEverywhere(authorization?: string): Promise<Answer>
}

async function signedIn(t: Test, options: StackOptions = {}): Promise<SignedIn> {
  const stack = await startStack(t, options)
  const { body } = await stack.signIn({ email })
  stack.cognitoCalls()
  return {
    ...stack,
    tokens: body,
    refresh: (refreshToken) => stack.post('/refresh', { refreshToken }),
    signOut: (refreshToken) => stack.post('/sign-out', { refreshToken }),
    signOutEverywhere: (authorization) =>
      stack.post(
        '/sign-out-everywhere',
        undefined,
        authorization === undefined ? {} : { authorization },
      ),
  }
}

for (const [name, client] of [
  ['off', {}],
  ['on', ROTATION],
] as const) {
  t.test(`a refresh gives new tokens and one upstream call: rotation ${name}`, async (t) => {
    const here = await signedIn(t, { client })
    const { status, body, headers } = await here.refresh(here.tokens.refreshToken)
    t.equal(status, 200)
    t.match(body, { accessToken: String, idToken: String, tokenType: 'Bearer', expiresIn: 3600 })
    t.not(body.accessToken, here.tokens.accessToken)
    t.equal(body.refreshToken === here.tokens.refreshToken, name === 'off')
    t.equal(headers.get('cache-control'), 'no-store')
    t.strictSame(here.cognitoCalls(), ['GetTokensFromRefreshToken'])
    t.equal((await here.refresh(body.refreshToken)).status, 200, 'and again')
  })

  t.test(
    `a hundred refreshes of one token at once are one upstream call: rotation ${name}`,
    async (t) => {
      const here = await signedIn(t, { client })
      const answers = await Promise.all(
        Array.from({ length: 100 }, () => here.refresh(here.tokens.refreshToken)),
      )
      t.strictSame(new Set(answers.map(({ status }) => status)), new Set([200]))
      t.equal(new Set(answers.map(({ body }) => body.accessToken)).size, 1)
      t.strictSame(here.cognitoCalls(), ['GetTokensFromRefreshToken'])
      t.equal(
        (await here.refresh(answers[99]!.body.refreshToken)).status,
        200,
        'nobody was signed out',
      )
    },
  )
}

t.test('works without a client secret', async (t) => {
  const here = await signedIn(t, { client: { clientSecret: '' } })
  t.equal((await here.refresh(here.tokens.refreshToken)).status, 200)
  t.equal((await here.signOut(here.tokens.refreshToken)).status, 204)
})

t.test('a refresh token that is over, foreign or none is refused', async (t) => {
  const here = await signedIn(t)
  await here.signOut(here.tokens.refreshToken)
  const elsewhere = await signedIn(t)
  const { accessToken } = here.tokens
  for (const token of [
    here.tokens.refreshToken,
    elsewhere.tokens.refreshToken,
    accessToken,
    'x.y',
  ]) {
    const { status, body, headers } = await here.refresh(token)
    t.equal(status, 401)
    t.equal(body.code, 'invalid_token')
    t.match(headers.get('www-authenticate'), 'Bearer')
  }
})

t.test('a refused or failed refresh is no answer to keep', async (t) => {
  const here = await signedIn(t)
  const fault = awsFault('TooManyRequestsException', 'Rate exceeded')
  here.cognito.faults.add({ operation: 'GetTokensFromRefreshToken', fault, times: 1 })
  t.match(await here.refresh(here.tokens.refreshToken), {
    status: 503,
    body: { code: 'upstream_unavailable', retryAfter: 1 },
  })
  t.equal((await here.refresh(here.tokens.refreshToken)).status, 200)
})

t.test('every way a refresh can be refused or fail has its code', async (t) => {
  const here = await signedIn(t)
  const cases: [string, string, string][] = [
    ['NotAuthorizedException', 'Invalid Refresh Token.', 'invalid_token'],
    ['NotAuthorizedException', 'Refresh Token has expired', 'invalid_token'],
    ['NotAuthorizedException', 'Refresh Token has been revoked', 'invalid_token'],
    ['RefreshTokenReuseException', 'reuse', 'invalid_token'],
    ['UserNotFoundException', 'User does not exist.', 'invalid_token'],
    ['NotAuthorizedException', 'ClientSecret does not match for the client: abc', 'upstream_error'],
    ['ResourceNotFoundException', 'User pool client abc does not exist.', 'upstream_error'],
    ['ForbiddenException', 'Request not allowed due to WAF block.', 'upstream_error'],
    ['InternalErrorException', 'oops', 'upstream_unavailable'],
    ['UserLambdaValidationException', 'PreTokenGeneration failed with error x.', 'upstream_error'],
  ]
  for (const [name, message, code] of cases) {
    const fault = awsFault(name, message)
    here.cognito.faults.add({ operation: 'GetTokensFromRefreshToken', fault, times: 1 })
    here.cognitoCalls()
    t.equal((await here.refresh(here.tokens.refreshToken)).body.code, code, `${name}: ${message}`)
    t.strictSame(here.cognitoCalls(), ['GetTokensFromRefreshToken'], 'never repeated')
  }
})

t.test('signing out ends the refresh token, also when it is over already', async (t) => {
  const here = await signedIn(t)
  for (const _time of [1, 2]) {
    const { status, body } = await here.signOut(here.tokens.refreshToken)
    t.equal(status, 204)
    t.equal(body, undefined)
  }
  t.equal((await here.refresh(here.tokens.refreshToken)).body.code, 'invalid_token')
  t.equal((await here.signOut('never.was')).status, 204)
})

for (const [name, client] of [
  ['off', {}],
  ['on', ROTATION],
] as const) {
  t.test(`a sign-out soon after a refresh ends both its tokens: rotation ${name}`, async (t) => {
    const here = await signedIn(t, { client })
    const first = await here.refresh(here.tokens.refreshToken)
    t.equal((await here.signOut(first.body.refreshToken)).status, 204)
    for (const token of [here.tokens.refreshToken, first.body.refreshToken]) {
      const answers = await Promise.all(Array.from({ length: 20 }, () => here.refresh(token)))
      t.ok(answers.every(({ body }) => body.code === 'invalid_token'))
    }
  })

  t.test(`so does one everywhere: rotation ${name}`, async (t) => {
    const here = await signedIn(t, { client })
    const { body } = await here.refresh(here.tokens.refreshToken)
    t.equal((await here.signOutEverywhere(`Bearer ${body.accessToken}`)).status, 204)
    for (const token of [here.tokens.refreshToken, body.refreshToken]) {
      t.equal((await here.refresh(token)).body.code, 'invalid_token')
    }
  })
}

t.test('a hundred refreshes of a revoked token are refused, and afterwards still', async (t) => {
  const here = await signedIn(t)
  await here.signOut(here.tokens.refreshToken)
  for (const _time of [1, 2]) {
    const all = Array.from({ length: 100 }, () => here.refresh(here.tokens.refreshToken))
    t.ok((await Promise.all(all)).every(({ body }) => body.code === 'invalid_token'))
  }
})

t.test('signing out never says it worked when it did not', async (t) => {
  const here = await signedIn(t)
  const cases: [string, number][] = [
    ['UnauthorizedException', 401],
    ['UnsupportedOperationException', 502],
    ['TooManyRequestsException', 503],
  ]
  for (const [name, status] of cases) {
    here.cognito.faults.add({ operation: 'RevokeToken', fault: awsFault(name, 'no'), times: 1 })
    t.equal((await here.signOut(here.tokens.refreshToken)).status, status, name)
  }
})

t.test('signing out everywhere ends every session of the user', async (t) => {
  const here = await signedIn(t)
  const other = (await here.signIn({ email })).body
  const { status } = await here.signOutEverywhere(`Bearer ${here.tokens.accessToken}`)
  t.equal(status, 204)
  for (const { refreshToken } of [here.tokens, other]) {
    t.equal((await here.refresh(refreshToken)).body.code, 'invalid_token')
  }
  const again = await here.signOutEverywhere(`Bearer ${here.tokens.accessToken}`)
  t.match(again, { status: 401, body: { code: 'invalid_token' } }, 'the token is revoked itself')
})

t.test('takes nothing for an access token that is none of ours', async (t) => {
  const here = await signedIn(t)
  const foreignPool = await signedIn(t, { pool: { poolId: 'eu-west-1_OtherPool' } })
  const foreignClient = await signedIn(t, { client: { clientId: 'anotherclient' } })
  const [header, payload, signature] = here.tokens.accessToken.split('.')
  const tampered = `${header}.${payload}x.${signature}`
  const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`
  here.cognitoCalls()
  for (const authorization of [
    undefined,
    '',
    'Bearer',
    'Bearer ',
    `Basic ${here.tokens.accessToken}`,
    `Bearer ${here.tokens.idToken}`,
    `Bearer ${here.tokens.refreshToken}`,
    `Bearer ${foreignPool.tokens.accessToken}`,
    `Bearer ${foreignClient.tokens.accessToken}`,
    `Bearer ${tampered}`,
    `Bearer ${unsigned}`,
    `Bearer ${'x'.repeat(10_000)}`,
  ]) {
    const { status, body } = await here.signOutEverywhere(authorization)
    t.equal(status, 401, authorization?.slice(0, 20) ?? 'none')
    t.equal(body.code, 'invalid_token')
  }
  t.strictSame(here.cognitoCalls(), [], 'Cognito is not asked')
})

t.test('an access token revoked at Cognito is refused', async (t) => {
  const here = await signedIn(t)
  const client = new CognitoIdentityProviderClient({
    region: 'eu-west-1',
    endpoint: here.cognito.url,
  })
  const { username } = here.cognito.users.find(email)!
  await client.send(
    new AdminUserGlobalSignOutCommand({ UserPoolId: here.cognito.poolId, Username: username }),
  )
  const { body } = await here.signOutEverywhere(`Bearer ${here.tokens.accessToken}`)
  t.equal(body.code, 'invalid_token')
})

t.test('bad input reaches nobody', async (t) => {
  const here = await signedIn(t)
  for (const body of [
    {},
    { refreshToken: 1 },
    { refreshToken: '' },
    { refreshToken: 'a b' },
    { refreshToken: 'x', extra: 1 },
  ]) {
    for (const path of ['/refresh', '/sign-out']) {
      t.match(await here.post(path, body), { status: 400, body: { code: 'invalid_request' } })
    }
  }
  t.strictSame(here.cognitoCalls(), [])
})
