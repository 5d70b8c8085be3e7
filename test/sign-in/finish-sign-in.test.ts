import t from 'tap'
import { ServiceError } from '../../src/errors.ts'
import { finishSignIn } from '../../src/sign-in/finish-sign-in.ts'
import { tokenDigest } from '../../src/sign-in/challenge-dialect.ts'
import type { IssuedAttempt } from '../../src/sign-in/sealed-session.ts'
import { startSignIn } from '../../src/sign-in/start-sign-in.ts'
import { addressDigest, readContext } from '../../src/trigger-protocol/signed-context.ts'
import { failureOf, signInError } from '../support/expect-error.ts'
import {
  ADA,
  challengeFor,
  CONTEXT_KEY,
  foreignChallengeFor,
  NOW,
  scriptedUserPool,
  SEALER,
  testDeps,
  type FakeUserPool,
} from '../support/sign-in.ts'

const TOKENS = { accessToken: 'at', idToken: 'it', refreshToken: 'rt', expiresIn: 3600 }
const CONTEXT = {
  identifier: 'phoneNumber',
  typed: addressDigest(CONTEXT_KEY, '+6421234567'),
  redirectUrl: 'https://app.example.com/callback',
  locale: 'en-NZ',
  deviceId: 'device-1',
} as const
const token = 'a.validation.token'

function sealed(changes: Partial<IssuedAttempt> = {}, expiresAt = NOW + 1000): string {
  const attempt: IssuedAttempt = {
    cognitoSession: 'cognito-session',
    username: ADA,
    context: CONTEXT,
    refused: 0,
    startedAt: NOW,
    issued: tokenDigest('a.real.token'),
  }
  return SEALER.seal({ ...attempt, ...changes }, expiresAt)
}

t.test('a proof that Cognito accepts becomes tokens', async (t) => {
  const pool = scriptedUserPool({ answer: [{ outcome: 'tokens', tokens: TOKENS }] })
  t.strictSame(await finishSignIn(testDeps(pool), { session: sealed(), token }), TOKENS)
  t.equal(pool.calls.length, 1)
  t.match(pool.calls[0]?.[1], {
    challenge: { cognitoSession: 'cognito-session', username: ADA },
    answer: token,
  })
})

function metadataOf(pool: FakeUserPool): Record<string, string> {
  const [, input] = pool.calls[0] ?? []
  return (input as { metadata: Record<string, string> }).metadata
}

t.test('the trigger is told, signed, what was typed and said at the start', async (t) => {
  const pool = scriptedUserPool({ answer: [{ outcome: 'tokens', tokens: TOKENS }] })
  await finishSignIn(testDeps(pool), { session: sealed(), token })
  t.strictSame(readContext(CONTEXT_KEY, ADA, metadataOf(pool), NOW), CONTEXT)
  t.equal(readContext(CONTEXT_KEY, 'somebody-else', metadataOf(pool), NOW), undefined)
})

t.test('it is told of the connection that finishes, not of the one that started', async (t) => {
  const connection = { ipAddress: '203.0.113.8', userAgent: 'another browser' }
  const started = scriptedUserPool({ begin: [challengeFor()] })
  const { session } = await startSignIn(testDeps(started), {
    email: ' ADA@example.com',
    locale: 'de',
    ipAddress: '203.0.113.7',
    userAgent: 'a browser',
  })
  const pool = scriptedUserPool({ answer: [{ outcome: 'tokens', tokens: TOKENS }] })
  await finishSignIn(testDeps(pool), { session, token, ...connection })
  t.strictSame(readContext(CONTEXT_KEY, ADA, metadataOf(pool), NOW), {
    identifier: 'email',
    typed: addressDigest(CONTEXT_KEY, 'ada@example.com'),
    locale: 'de',
    ...connection,
  })
})

t.test('a username has no digest, because a proof of any address counts', async (t) => {
  const started = scriptedUserPool({ begin: [challengeFor()] })
  const { session } = await startSignIn(testDeps(started), { username: 'ada' })
  const pool = scriptedUserPool({ answer: [{ outcome: 'tokens', tokens: TOKENS }] })
  await finishSignIn(testDeps(pool), { session, token })
  t.strictSame(readContext(CONTEXT_KEY, ADA, metadataOf(pool), NOW), { identifier: 'username' })
})

t.test('the call has a deadline, anew for each request', async (t) => {
  t.capture(AbortSignal, 'timeout', (ms: number) => {
    t.equal(ms, 1234)
    return new AbortController().signal
  })
  const answer = [{ outcome: 'refused' } as const, { outcome: 'refused' } as const]
  const pool = scriptedUserPool({ answer })
  const deps = testDeps(pool, { settings: { upstreamTimeoutMs: 1234 } })
  for (const _request of answer) await failureOf(finishSignIn(deps, { session: sealed(), token }))
  const [first, second] = pool.signals
  t.ok(first instanceof AbortSignal)
  t.ok(second instanceof AbortSignal)
  t.not(first, second)
})

t.test('the answer is JSON for triggers that expect that', async (t) => {
  const pool = scriptedUserPool({ answer: [{ outcome: 'tokens', tokens: TOKENS }] })
  const deps = testDeps(pool, { settings: { answerFormat: 'json' } })
  await finishSignIn(deps, { session: sealed(), token: 'quote"d' })
  t.match(pool.calls[0]?.[1], { answer: String.raw`{"token":"quote\"d"}` })
})

t.test('a wrong proof may be tried again with a fresh session and challenge', async (t) => {
  const pool = scriptedUserPool({
    answer: [challengeFor(ADA, { token: 'next.token', url: '' })],
  })
  const error = await failureOf(finishSignIn(testDeps(pool), { session: sealed(), token }))
  t.equal(error.code, 'challenge_failed')
  t.strictSame(Object.keys(error.retry ?? {}), ['session', 'token', 'expiresIn'])
  t.match(error.retry, { token: 'next.token', expiresIn: 180 })
  t.strictSame(SEALER.open(error.retry?.session ?? ''), {
    cognitoSession: `session-of-${ADA}`,
    username: ADA,
    context: CONTEXT,
    refused: 1,
    startedAt: NOW,
    issued: tokenDigest('next.token'),
  })
})

t.test('a wrong proof that ends the sign-in carries no retry', async (t) => {
  const pool = scriptedUserPool({ answer: [{ outcome: 'refused' }] })
  const error = await failureOf(finishSignIn(testDeps(pool), { session: sealed(), token }))
  t.equal(error.code, 'challenge_failed')
  t.equal(error.retry, undefined)
})

t.test('triggers that start over leave no retry', async (t) => {
  const marker = foreignChallengeFor(ADA, { challenge: 'PROVIDE_AUTH_PARAMETERS' })
  const pool = scriptedUserPool({ answer: [marker] })
  const error = await failureOf(finishSignIn(testDeps(pool), { session: sealed(), token }))
  t.equal(error.code, 'challenge_failed')
  t.equal(error.retry, undefined)
  t.equal(pool.calls.length, 1)
})

t.test('a rule that blocks the next challenge ends the sign-in', async (t) => {
  const pool = scriptedUserPool({ answer: [challengeFor(ADA, { state: 'BLOCK' })] })
  await t.rejects(
    finishSignIn(testDeps(pool), { session: sealed(), token }),
    signInError('sign_in_blocked'),
  )
})

t.test('a session that Cognito no longer knows has expired', async (t) => {
  const pool = scriptedUserPool({ answer: [{ outcome: 'session_gone' }] })
  await t.rejects(
    finishSignIn(testDeps(pool), { session: sealed(), token }),
    signInError('session_expired', { retry: undefined }),
  )
})

t.test('a session that is over or not ours never reaches Cognito', async (t) => {
  for (const session of [sealed({}, NOW), sealed({}, NOW - 1), `${sealed()}A`, 'garbage', '']) {
    const deps = testDeps(scriptedUserPool({}))
    await t.rejects(finishSignIn(deps, { session, token }), signInError('session_expired'))
    t.strictSame(deps.userPool.calls, [])
    t.equal(deps.decoys.length, 0)
  }
})

t.test('a failure of the pool is passed on and nothing is sent twice', async (t) => {
  const failure = new ServiceError('upstream_timeout')
  const deps = testDeps(scriptedUserPool({ answer: [failure] }))
  t.equal(await failureOf(finishSignIn(deps, { session: sealed(), token })), failure)
  t.equal(deps.userPool.calls.length, 1)
})

t.test('a refusal says whether the challenge was left or failed', async (t) => {
  const cases = [
    // What the page hands back when it is left; nobody need be asked.
    { given: 'a.real.token', state: new Error('not asked'), reason: 'unfinished' },
    { given: 'another', state: 'CHALLENGE_REQUIRED', reason: 'unfinished' },
    { given: 'another', state: 'CHALLENGE_FAILED', reason: 'refused' },
    { given: 'another', state: undefined, reason: 'refused' },
    { given: 'another', state: new Error('down'), reason: undefined },
  ]
  for (const { given, state, reason } of cases) {
    for (const decoy of [undefined, 'bff-01234567890123456789']) {
      const pool = scriptedUserPool({ answer: [challengeFor()] })
      const proofs = {
        validate: async () => {
          if (state instanceof Error) throw state
          return { isValid: false, ...(state === undefined ? {} : { state }) }
        },
        user: async () => ({}),
      }
      const session = sealed(decoy === undefined ? {} : { decoy })
      const error = await failureOf(
        finishSignIn(testDeps(pool, { proofs }), { session, token: given }),
      )
      t.match(error, { code: 'challenge_failed', retry: Object })
      t.equal(error.reason, reason, `${given} ${String(state)}`)
    }
  }
})
