import t from 'tap'
import { CALLS, clientAt, EMAIL, everythingIn, SECRETS } from '../support/authsignal.ts'
import { failureOf, signInError } from '../support/expect-error.ts'
import { hang, json, NOBODY_LISTENS, reset, startUpstream, text } from '../support/upstream.ts'
import type { Answer } from '../support/upstream.ts'

const description = `${EMAIL} is not known`
const page = `<html><body>${EMAIL}</body></html>`

function refusal(status: number, error: string): Answer {
  return json(status, { error, errorCode: error, errorDescription: description })
}

const down = { code: 'upstream_unavailable', retryAfter: 5 }
const broken = { code: 'upstream_error', retryAfter: undefined }

interface Row {
  answer: Answer
  is: { code: string; retryAfter: number | undefined }
  reason: string
  sent?: number
}

const ROWS: Record<string, Row> = {
  'a wrong secret': {
    answer: refusal(401, 'unauthorized'),
    is: broken,
    reason: 'unauthorized',
  },
  'a tenant set up wrongly': {
    answer: refusal(400, 'invalid_configuration'),
    is: broken,
    reason: 'invalid_configuration',
  },
  'a rate limit': {
    answer: refusal(429, 'too_many_requests'),
    is: down,
    reason: 'too_many_requests',
  },
  'an error of theirs': {
    answer: refusal(500, 'internal_error'),
    is: down,
    reason: 'internal_error',
  },
  'a page of a gateway': { answer: text(503, page), is: down, reason: 'status_503' },
  'a text instead of JSON': { answer: text(502, 'Bad Gateway'), is: down, reason: 'status_502' },
  'an error without a body': { answer: text(500, ''), is: down, reason: 'unexpected_error' },
  'a 401 without a body': { answer: text(401, ''), is: down, reason: 'unexpected_error' },
  'a code that is no code': {
    answer: json(500, { error: `for ${EMAIL}` }),
    is: down,
    reason: 'status_500',
  },
  'a reset connection, twice': { answer: reset, is: down, reason: 'unexpected_error', sent: 2 },
}

for (const [operation, call] of Object.entries(CALLS)) {
  t.test(
    `${operation} tells each failure by its code, without a word of the upstream`,
    async (t) => {
      for (const [what, { answer, is, reason, sent = 1 }] of Object.entries(ROWS)) {
        const upstream = await startUpstream(t, () => answer)
        const error = await failureOf(call(clientAt(upstream.url)))
        t.match(error, is, what)
        t.strictSame(error.upstream, { service: 'authsignal', operation, reason }, what)
        t.equal(upstream.requests.length, sent, what)
        for (const secret of [...SECRETS, EMAIL, 'axiosError', 'Authorization']) {
          t.notOk(everythingIn(error).includes(secret), `${what} shows ${secret}`)
        }
      }
    },
  )

  t.test(`${operation} says so when nobody listens`, async (t) => {
    const error = await failureOf(call(clientAt(NOBODY_LISTENS)))
    t.match(error, down)
    for (const secret of SECRETS) t.notOk(everythingIn(error).includes(secret))
  })

  t.test(`${operation} gives up at its deadline and lets go of the connection`, async (t) => {
    const upstream = await startUpstream(t, () => hang)
    const error = await failureOf(call(clientAt(upstream.url, 1_000)))
    t.match(error, { code: 'upstream_timeout', upstream: { service: 'authsignal', operation } })
    await upstream.connectionClosed
    t.equal(upstream.requests.length, 1)
    for (const secret of SECRETS) t.notOk(everythingIn(error).includes(secret))
  })

  t.test(`${operation} is sent once more when the first one was lost`, async (t) => {
    const good = json(
      200,
      operation === 'authenticators' || operation === 'actions'
        ? []
        : { state: 'ALLOW', token: 'a', url: 'b', isValid: false },
    )
    const upstream = await startUpstream(t, (_request, count) => (count === 1 ? reset : good))
    await t.resolves(call(clientAt(upstream.url)))
    t.equal(upstream.requests.length, 2)
  })

  t.test(`${operation} takes the secret to no other host`, async (t) => {
    const other = await startUpstream(t, () => json(200, {}))
    const upstream = await startUpstream(t, () => text(307, '', { location: other.url }))
    await failureOf(call(clientAt(upstream.url)))
    t.strictSame(other.requests, [])
  })
}

t.test('a token that Authsignal refuses is not valid; anything else is our problem', async (t) => {
  const refused = [
    refusal(400, 'invalid_request'),
    refusal(401, 'expired_token'),
    refusal(403, 'invalid_token'),
    refusal(404, 'not_found'),
  ]
  for (const answer of refused) {
    const upstream = await startUpstream(t, () => answer)
    t.strictSame(await CALLS['validate']!(clientAt(upstream.url)), { isValid: false })
    t.equal(upstream.requests.length, 1)
  }
  for (const operation of Object.keys(CALLS).filter((name) => name !== 'validate')) {
    const upstream = await startUpstream(t, () => refusal(400, 'invalid_request'))
    await t.rejects(
      CALLS[operation]!(clientAt(upstream.url)),
      signInError('upstream_error', { upstream: { operation, reason: 'invalid_request' } }),
    )
  }
})

t.test('a page of a firewall says nothing about a token', async (t) => {
  for (const status of [401, 403, 404]) {
    const upstream = await startUpstream(t, () => text(status, page))
    await t.rejects(
      CALLS['validate']!(clientAt(upstream.url)),
      signInError('upstream_error', { upstream: { reason: `status_${status}` } }),
    )
  }
})

t.test('what Authsignal has never heard of is not there, and need not be removed', async (t) => {
  for (const answer of [refusal(404, 'not_found'), refusal(404, 'user_not_found')]) {
    const upstream = await startUpstream(t, () => answer)
    t.strictSame(await CALLS['authenticators']!(clientAt(upstream.url)), [])
    t.equal(upstream.requests.length, 1)
    t.strictSame(await CALLS['actions']!(clientAt(upstream.url)), [])
    await t.resolves(CALLS['removeAuthenticator']!(clientAt(upstream.url)), 'gone is gone')
    await t.resolves(CALLS['deleteUser']!(clientAt(upstream.url)), 'gone is gone')
    for (const operation of ['track', 'enrol']) {
      await t.rejects(CALLS[operation]!(clientAt(upstream.url)), signInError('upstream_error'))
    }
  }
  for (const status of [400, 401, 403, 410]) {
    const upstream = await startUpstream(t, () => refusal(status, 'not_found'))
    for (const operation of ['authenticators', 'removeAuthenticator', 'actions', 'deleteUser']) {
      await t.rejects(CALLS[operation]!(clientAt(upstream.url)), signInError('upstream_error'))
    }
  }
})
