import { inspect } from 'node:util'
import t from 'tap'
import { failureOf } from '../support/expect-error.ts'
import {
  accessTokenOf,
  ADA,
  awsJson,
  CALLS,
  CHALLENGE,
  EMAIL,
  tokensFor,
  userPoolAt,
  userPoolBefore,
} from '../support/cognito.ts'
import { hang, NOBODY_LISTENS, reset, text, truncated, type Answer } from '../support/upstream.ts'

const page = `<html><body>Blocked: ${EMAIL}</body></html>`

const FAILURES: Record<string, { answer: Answer; code: string }> = {
  'a reset connection': { answer: reset, code: 'upstream_unavailable' },
  'a closed connection': {
    answer: (response) => response.socket?.destroy(),
    code: 'upstream_unavailable',
  },
  'an answer cut short': { answer: truncated, code: 'upstream_error' },
  'JSON cut short': { answer: text(200, `{"Session":"${EMAIL}`), code: 'upstream_error' },
  'a page with status 200': { answer: text(200, page), code: 'upstream_error' },
  'a page of a firewall': { answer: text(403, page), code: 'upstream_error' },
  'a captcha of a firewall': { answer: text(405, page), code: 'upstream_error' },
  'a page of a gateway': { answer: text(502, page), code: 'upstream_unavailable' },
  'a bare 400': { answer: text(400, ''), code: 'upstream_error' },
  'a bare 503': { answer: text(503, ''), code: 'upstream_unavailable' },
  'a redirect': {
    answer: text(302, '', { location: NOBODY_LISTENS }),
    code: 'upstream_error',
  },
}

for (const [operation, call] of Object.entries(CALLS)) {
  t.test(`${operation} survives an upstream that is broken, without a second try`, async (t) => {
    for (const [failure, { answer, code }] of Object.entries(FAILURES)) {
      const { pool, ...server } = await userPoolBefore(t, [answer])
      const error = await failureOf(call(pool))
      t.equal(error.code, code, failure)
      t.equal(error.retryAfter, code === 'upstream_unavailable' ? 5 : undefined, failure)
      t.notMatch(inspect(error, { depth: 10, showHidden: true }), EMAIL, failure)
      t.equal(server.requests.length, 1, failure)
    }
  })

  t.test(`${operation} gives up at its deadline and lets go of the connection`, async (t) => {
    const { pool, ...server } = await userPoolBefore(t, [hang], { timeoutMs: 1_000 })
    const error = await failureOf(call(pool))
    t.match(error, { code: 'upstream_timeout', upstream: { service: 'cognito', operation } })
    await server.connectionClosed
    t.equal(server.requests.length, 1)
  })

  t.test(`${operation} says so when nobody listens`, async (t) => {
    const error = await failureOf(call(userPoolAt(NOBODY_LISTENS)))
    t.match(error, { code: 'upstream_unavailable', retryAfter: 5 })
  })
}

const { ChallengeParameters, ...withoutParameters } = CHALLENGE
const UNUSABLE_CHALLENGES: Record<string, unknown> = {
  nothing: {},
  null: null,
  'a list': [1],
  'a text': 'abc',
  'another challenge': { ...CHALLENGE, ChallengeName: 'SMS_MFA' },
  'no session': { ...CHALLENGE, Session: undefined },
  'an empty session': { ...CHALLENGE, Session: '' },
  'a number for a session': { ...CHALLENGE, Session: 12 },
  'an object for a session': { ...CHALLENGE, Session: { a: 1 } },
  'no parameters': withoutParameters,
  'no username': { ...CHALLENGE, ChallengeParameters: { token: 'x' } },
  'a number for a username': { ...CHALLENGE, ChallengeParameters: { USERNAME: 12 } },
  'an object for a token': {
    ...CHALLENGE,
    ChallengeParameters: { ...ChallengeParameters, token: { a: 1 } },
  },
}

t.test('an answer that is no custom challenge cannot be used', async (t) => {
  for (const [what, body] of Object.entries(UNUSABLE_CHALLENGES)) {
    for (const operation of ['InitiateAuth', 'RespondToAuthChallenge']) {
      const { pool } = await userPoolBefore(t, [awsJson(200, body)])
      const error = await failureOf(CALLS[operation]!(pool))
      t.match(error, { code: 'upstream_error', upstream: { operation } }, what)
    }
  }
})

t.test('tokens at the beginning of a sign-in are not what we asked for', async (t) => {
  const { pool } = await userPoolBefore(t, [awsJson(200, tokensFor(ADA))])
  const error = await failureOf(pool.beginChallenge(EMAIL))
  t.equal(error.code, 'upstream_error')
})

const UNUSABLE_TOKENS: Record<string, object> = {
  'no access token': { AccessToken: undefined },
  'no id token': { IdToken: undefined },
  'no refresh token': { RefreshToken: '' },
  'no life time': { ExpiresIn: undefined },
  'an object for an id token': { IdToken: { a: 1 } },
  'a number for a refresh token': { RefreshToken: 12 },
  'a text for a life time': { ExpiresIn: '3600' },
  'a fraction for a life time': { ExpiresIn: 0.5 },
  'an access token that is none': { AccessToken: 'abc' },
  'an access token without claims': { AccessToken: 'e30.bnVsbA.c2ln' },
  'an access token of another user': { AccessToken: accessTokenOf('somebody-else') },
  'an access token of another client': { AccessToken: accessTokenOf(ADA, 'client2') },
}

t.test('tokens that are incomplete or of somebody else never leave', async (t) => {
  for (const [what, change] of Object.entries(UNUSABLE_TOKENS)) {
    const { AuthenticationResult } = tokensFor(ADA)
    const body = { AuthenticationResult: { ...AuthenticationResult, ...change } }
    const { pool } = await userPoolBefore(t, [awsJson(200, body)])
    const error = await failureOf(CALLS['RespondToAuthChallenge']!(pool))
    t.equal(error.code, 'upstream_error', what)
    t.notMatch(inspect(error), 'id.token.x', what)
  }
})
