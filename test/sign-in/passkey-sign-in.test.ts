import t from 'tap'
import { ServiceError } from '../../src/errors.ts'
import type { EarlierProofDeps } from '../../src/sign-in/earlier-proof.ts'
import { signInWithPasskey } from '../../src/sign-in/passkey-sign-in.ts'
import type { Proofs } from '../../src/sign-in/ports.ts'
import { newAttemptName } from '../../src/trigger-protocol/attempt-name.ts'
import { readContext } from '../../src/trigger-protocol/signed-context.ts'
import { failureOf } from '../support/expect-error.ts'
import {
  ADA,
  challengeFor,
  challengeForNobody,
  CONTEXT_KEY,
  foreignChallengeFor,
  NOW,
  scriptedUserPool,
  testDeps,
  type FakeUserPool,
} from '../support/sign-in.ts'

const TOKENS = { accessToken: 'at', idToken: 'it', refreshToken: 'rt', expiresIn: 3600 }
const USER_ID = '84583468-8081-7000-901f-9d3de5b6b68b'
const PASSED = {
  isValid: true,
  state: 'CHALLENGE_SUCCEEDED',
  userId: USER_ID,
  action: 'cognitoAuth',
  idempotencyKey: 'key-1',
  method: 'PASSKEY',
}
const passing = () =>
  scriptedUserPool({
    begin: [challengeFor()],
    answer: [{ outcome: 'tokens' as const, tokens: TOKENS }],
  })

function depsWith(
  userPool: FakeUserPool,
  {
    proof = PASSED,
    user = { username: ADA },
    claim = async () => true,
  }: {
    proof?: Awaited<ReturnType<Proofs['validate']>>
    user?: { username?: string }
    claim?: (id: string) => Promise<boolean>
  } = {},
): EarlierProofDeps {
  const proofs = { validate: async () => proof, user: async () => user }
  return {
    ...testDeps(userPool, { proofs }),
    ledger: { claim },
    verifyIdToken: () => Promise.reject(new Error('not expected')),
  }
}

t.test('begins as who the passkey says, and vouches for that one proof', async (t) => {
  const pool = passing()
  const claimed: string[] = []
  const claim = async (id: string) => Boolean(claimed.push(id))
  t.strictSame(
    await signInWithPasskey(depsWith(pool, { claim }), {
      token: 'proof',
      ipAddress: '203.0.113.7',
    }),
    TOKENS,
  )
  t.strictSame(pool.calls[0], ['beginChallenge', ADA])
  const [, input] = pool.calls[1]!
  const { metadata, ...rest } = input as { metadata: Record<string, string> }
  t.match(rest, { answer: 'proof', userId: USER_ID, challenge: { username: ADA } })
  t.strictSame(readContext(CONTEXT_KEY, ADA, metadata, NOW), {
    identifier: 'username',
    method: 'PASSKEY',
    proof: 'key-1',
    ipAddress: '203.0.113.7',
  })
  t.strictSame(claimed, [`passkey ${USER_ID} key-1`])
})

t.test('nobody is asked for in Cognito unless the proof is good', async (t) => {
  const bad: Record<string, Partial<typeof PASSED> & { stateUpdatedAt?: string }> = {
    'not valid': { isValid: false },
    'no challenge passed': { state: 'ALLOW' },
    failed: { state: 'CHALLENGE_FAILED' },
    'another method': { method: 'EMAIL_OTP' },
    'another action': { action: 'payment' },
    'of a sign-in that has a session': { idempotencyKey: newAttemptName() },
    'too old': { stateUpdatedAt: new Date(NOW - 16 * 60_000).toISOString() },
    'of no time': { stateUpdatedAt: 'yesterday' },
  }
  for (const [name, changes] of Object.entries(bad)) {
    const pool = scriptedUserPool({})
    const deps = depsWith(pool, { proof: { ...PASSED, ...changes } })
    const error = await failureOf(signInWithPasskey(deps, { token: 'proof' }))
    t.match(error, { code: 'challenge_failed', reason: 'refused' }, name)
    t.strictSame(pool.names(), [])
  }
  for (const field of ['userId', 'action', 'idempotencyKey', 'method', 'state'] as const) {
    const { [field]: _left, ...proof } = PASSED
    const error = await failureOf(
      signInWithPasskey(depsWith(scriptedUserPool({}), { proof }), { token: 'proof' }),
    )
    t.match(error, { code: 'challenge_failed' }, `without ${field}`)
  }
})

t.test('a challenge that is still open, or was blocked, is told apart', async (t) => {
  const open = { ...PASSED, isValid: false, state: 'CHALLENGE_REQUIRED' }
  const unfinished = depsWith(scriptedUserPool({}), { proof: open })
  t.match(await failureOf(signInWithPasskey(unfinished, { token: 'p' })), { reason: 'unfinished' })
  const held = depsWith(scriptedUserPool({}), { proof: { ...PASSED, state: 'REVIEW_REQUIRED' } })
  t.match(await failureOf(signInWithPasskey(held, { token: 'p' })), { code: 'sign_in_blocked' })
})

t.test('a used proof, or one that nobody can say it of, is not answered with', async (t) => {
  for (const claim of [
    async () => false,
    () => Promise.reject(new ServiceError('upstream_unavailable')),
  ]) {
    const pool = scriptedUserPool({ begin: [challengeFor()] })
    const error = await failureOf(signInWithPasskey(depsWith(pool, { claim }), { token: 'proof' }))
    t.match(error.code, /^(challenge_failed|upstream_unavailable)$/)
    t.strictSame(pool.names(), ['beginChallenge'])
  }
})

t.test('whom Authsignal has no name of is tried by what the client says, or by id', async (t) => {
  for (const [username, asked] of [
    ['ada', 'ada'],
    [undefined, USER_ID],
  ] as const) {
    const pool = passing()
    const input = { token: 'proof', ...(username === undefined ? {} : { username }) }
    await signInWithPasskey(depsWith(pool, { user: {} }), input)
    t.strictSame(pool.calls[0], ['beginChallenge', asked])
  }
})

t.test('nobody, and whoever may not sign in, is refused', async (t) => {
  for (const begun of [
    { outcome: 'no_such_user' },
    { outcome: 'refused' },
    challengeForNobody(),
  ] as const) {
    const pool = scriptedUserPool({ begin: [begun] })
    const error = await failureOf(signInWithPasskey(depsWith(pool), { token: 'proof' }))
    t.match(error, { code: 'challenge_failed', reason: 'refused' })
  }
  for (const outcome of ['refused', 'session_gone'] as const) {
    const pool = scriptedUserPool({ begin: [challengeFor()], answer: [{ outcome }] })
    const error = await failureOf(signInWithPasskey(depsWith(pool), { token: 'proof' }))
    t.match(error, { code: 'challenge_failed', reason: 'refused' })
  }
})

t.test("other people's triggers are told the method before they get the proof", async (t) => {
  const marker = foreignChallengeFor(ADA, { challenge: 'PROVIDE_AUTH_PARAMETERS' })
  const pool = scriptedUserPool({
    begin: [marker],
    answer: [foreignChallengeFor(ADA, {}), { outcome: 'tokens', tokens: TOKENS }],
  })
  await signInWithPasskey(depsWith(pool), { token: 'proof' })
  t.match(pool.calls[1]![1], { answer: '__dummy__', metadata: { signInMethod: 'PASSKEY' } })
  t.match(pool.calls[2]![1], { answer: 'proof' })
})
