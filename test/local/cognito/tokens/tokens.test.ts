import { GetUserCommand } from '@aws-sdk/client-cognito-identity-provider'
import { JwtVerifier } from 'aws-jwt-verify'
import { decodeProtectedHeader } from 'jose'
import t from 'tap'
import type { LocalCognito } from '../../../../local/cognito/index.ts'
import { clientId, codeTriggers, errorOf, notAuthorized, startSubject } from '../support.ts'

async function verifierOf({ issuer, jwksUrl }: LocalCognito) {
  const verifier = JwtVerifier.create({ issuer, audience: null, jwksUri: jwksUrl })
  // The library itself fetches over https only.
  const jwks: unknown = await (await fetch(jwksUrl)).json()
  verifier.cacheJwks(jwks as Parameters<typeof verifier.cacheJwks>[0])
  return verifier
}

t.test('tokens verify against the published keys and carry the documented claims', async (t) => {
  const { local, signIn } = await startSubject(t)
  const ann = local.users.put({
    username: 'ann@example.com',
    attributes: { email_verified: 'True', 'custom:plan': '1' },
  })
  const tokens = await signIn('ann@example.com')
  const verifier = await verifierOf(local)
  const access = await verifier.verify(tokens.AccessToken)
  const id = await verifier.verify(tokens.IdToken)
  t.match(access, {
    sub: ann.sub,
    iss: local.issuer,
    client_id: clientId,
    token_use: 'access',
    scope: 'aws.cognito.signin.user.admin',
    username: ann.username,
  })
  t.notOk('aud' in access)
  t.match(id, {
    sub: ann.sub,
    iss: local.issuer,
    aud: clientId,
    token_use: 'id',
    'cognito:username': ann.username,
    email: 'ann@example.com',
    email_verified: true,
    'custom:plan': '1',
  })
  t.notOk('client_id' in id)
  for (const claim of ['event_id', 'origin_jti', 'auth_time'] as const) {
    t.ok(access[claim])
    t.equal(access[claim], id[claim])
  }
  t.not(access.jti, id.jti)
  t.equal((access.exp ?? 0) - (access.iat ?? 0), 3600)
})

t.test('access and id tokens are signed by different keys of one set', async (t) => {
  const { local, signIn } = await startSubject(t)
  local.users.put({ username: 'ann@example.com' })
  const { AccessToken, IdToken } = await signIn('ann@example.com')
  const kids = [AccessToken, IdToken].map((token) => decodeProtectedHeader(token).kid)
  t.not(kids[0], kids[1])
  const { keys } = (await (await fetch(local.jwksUrl)).json()) as { keys: Record<string, string>[] }
  t.strictSame(new Set(keys.map(({ kid }) => kid)), new Set(kids))
  for (const key of keys) {
    t.match(key, { kty: 'RSA', alg: 'RS256', use: 'sig', e: 'AQAB' })
    t.notOk('d' in key)
  }
  const configuration = `${local.issuer}/.well-known/openid-configuration`
  t.match(await (await fetch(configuration)).json(), {
    issuer: local.issuer,
    jwks_uri: local.jwksUrl,
  })
})

t.test('a client without token revocation gets tokens without their own ids', async (t) => {
  const { local, signIn } = await startSubject(t, {
    issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_LocalPool1',
    clients: [{ clientId, tokenRevocation: false, accessTokenSeconds: 300, idTokenSeconds: 600 }],
  })
  local.users.put({ username: 'ann@example.com' })
  const tokens = await signIn('ann@example.com')
  const verifier = await verifierOf(local)
  const access = await verifier.verify(tokens.AccessToken)
  const id = await verifier.verify(tokens.IdToken)
  t.notOk('jti' in access || 'origin_jti' in access || 'jti' in id)
  t.equal((access.exp ?? 0) - (access.iat ?? 0), 300)
  t.equal((id.exp ?? 0) - (id.iat ?? 0), 600)
  t.equal(access.iss, 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_LocalPool1')
})

t.test(
  'PreTokenGeneration changes claims of the id token, but not what identifies it',
  async (t) => {
    const { local, signIn } = await startSubject(t, {
      triggers: {
        ...codeTriggers,
        preTokenGeneration: (event) => ({
          ...event,
          response: {
            claimsOverrideDetails: {
              claimsToAddOrOverride: { tier: 'gold', sub: 'another' },
              claimsToSuppress: ['email'],
            },
          },
        }),
      },
    })
    const ann = local.users.put({ username: 'ann@example.com' })
    const tokens = await signIn('ann@example.com')
    const verifier = await verifierOf(local)
    const id = await verifier.verify(tokens.IdToken)
    t.match(id, { tier: 'gold', sub: ann.sub })
    t.notOk('email' in id)
    t.notOk('tier' in (await verifier.verify(tokens.AccessToken)))
  },
)

t.test('an access token opens GetUser until it ends', async (t) => {
  const { local, cognito, signIn } = await startSubject(t)
  const ann = local.users.put({ username: 'ann@example.com' })
  const tokens = await signIn('ann@example.com')
  const getUser = (AccessToken: string) => cognito.send(new GetUserCommand({ AccessToken }))
  t.match(await getUser(tokens.AccessToken), {
    Username: ann.username,
    UserAttributes: [
      { Name: 'sub', Value: ann.sub },
      { Name: 'email', Value: 'ann@example.com' },
    ],
  })
  const invalid = notAuthorized('Invalid Access Token')
  t.strictSame(await errorOf(getUser(tokens.IdToken)), invalid)
  t.strictSame(await errorOf(getUser('x.y.z')), invalid)
  local.clock.advance(3600_000)
  t.strictSame(
    await errorOf(getUser(tokens.AccessToken)),
    notAuthorized('Access Token has expired'),
  )
})
