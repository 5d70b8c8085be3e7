import {
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import t from 'tap'
import { secretHashOf } from '../../../../local/cognito/index.ts'
import type { Subject } from '../support.ts'
import { clientId, errorOf, invalidParameter, notAuthorized, startSubject } from '../support.ts'

const clientSecret = 'a1b2c3d4e5f6g7h8i9j0k1l2m3n4'
const clients = [{ clientId, clientSecret }]
const hash = (username: string) => secretHashOf(username, clientId, clientSecret)
const MISSING = notAuthorized(
  `Client ${clientId} is configured with secret but SECRET_HASH was not received`,
)
const WRONG = notAuthorized(`SecretHash does not match for the client: ${clientId}`)

t.test('the hash is over the name of each request: typed first, echoed second', async (t) => {
  const { local, start, cognito } = await startSubject(t, { clients })
  local.users.put({ username: 'ann@example.com' })
  const started = await start('ANN@example.com', { SECRET_HASH: hash('ANN@example.com') })
  const USERNAME = started.ChallengeParameters?.['USERNAME'] ?? ''
  const respond = (SECRET_HASH?: string) =>
    cognito.send(
      new RespondToAuthChallengeCommand({
        ClientId: clientId,
        ChallengeName: 'CUSTOM_CHALLENGE',
        Session: started.Session,
        ChallengeResponses: { USERNAME, ANSWER: '123456', ...(SECRET_HASH && { SECRET_HASH }) },
      }),
    )
  t.strictSame(await errorOf(respond()), MISSING)
  t.strictSame(await errorOf(respond(hash('ANN@example.com'))), WRONG)
  const { AuthenticationResult } = await respond(hash(USERNAME))
  t.ok(AuthenticationResult, 'a wrong hash does not spend the session')

  await t.test('and over the real username at a refresh', async (t) => {
    const token = AuthenticationResult?.RefreshToken ?? ''
    t.strictSame(await errorOf(refresh(cognito, token)), MISSING)
    t.strictSame(await errorOf(refresh(cognito, token, hash('ann@example.com'))), WRONG)
    t.ok((await refresh(cognito, token, hash(USERNAME))).AuthenticationResult?.AccessToken)
  })
})

function refresh(cognito: Subject['cognito'], token: string, SECRET_HASH?: string) {
  return cognito.send(
    new InitiateAuthCommand({
      ClientId: clientId,
      AuthFlow: 'REFRESH_TOKEN_AUTH',
      AuthParameters: { REFRESH_TOKEN: token, ...(SECRET_HASH && { SECRET_HASH }) },
    }),
  )
}

t.test('refuses a missing and a wrong hash, for unknown users alike', async (t) => {
  const { local, start } = await startSubject(t, { clients })
  local.users.put({ username: 'ann@example.com' })
  for (const name of ['ann@example.com', 'nobody@example.com']) {
    t.strictSame(await errorOf(start(name)), MISSING)
    t.strictSame(await errorOf(start(name, { SECRET_HASH: hash('x') })), WRONG)
  }
})

t.test('an unconfirmed user is told before the secret is looked at', async (t) => {
  const { local, start } = await startSubject(t, { clients })
  local.users.put({ username: 'new@example.com', status: 'UNCONFIRMED' })
  t.match(await errorOf(start('new@example.com')), { name: 'UserNotConfirmedException' })
})

t.test('refuses a hash for a client without a secret', async (t) => {
  const { local, start } = await startSubject(t)
  local.users.put({ username: 'ann@example.com' })
  t.strictSame(
    await errorOf(start('ann@example.com', { SECRET_HASH: hash('ann@example.com') })),
    invalidParameter(
      `App client ${clientId} is not configured for secret but secret hash was received`,
    ),
  )
})
