import { createHash } from 'node:crypto'
import t from 'tap'
import { ServiceError } from '../../src/errors.ts'
import type { EarlierProofDeps } from '../../src/sign-in/earlier-proof.ts'
import { signInWithIdToken } from '../../src/sign-in/id-token-sign-in.ts'
import type { ProvenIdentity } from '../../src/sign-in/ports.ts'
import { addressDigest, readContext } from '../../src/trigger-protocol/signed-context.ts'
import { writeExistenceHint } from '../../src/trigger-protocol/existence-hint.ts'
import { failureOf } from '../support/expect-error.ts'
import {
  ADA,
  challengeFor,
  CONTEXT_KEY,
  foreignChallengeFor,
  HINT_KEY,
  NOW,
  scriptedUserPool,
  testDeps,
  type FakeUserPool,
} from '../support/sign-in.ts'

const TOKENS = { accessToken: 'at', idToken: 'it', refreshToken: 'rt', expiresIn: 3600 }
const email = 'ada@gmail.com'
const idToken = 'an.id.token'
const IDENTITY: ProvenIdentity = { provider: 'google', email, digest: 'digest-of-token' }
const tokens = { outcome: 'tokens', tokens: TOKENS } as const

function depsWith(
  userPool: FakeUserPool,
  {
    verifyIdToken = async () => IDENTITY,
    claim = async () => true,
    provisioning = 'create',
  }: Partial<Pick<EarlierProofDeps, 'verifyIdToken'>> & {
    claim?: (id: string) => Promise<boolean>
    provisioning?: 'create' | 'none'
  } = {},
): EarlierProofDeps {
  return { ...testDeps(userPool, { settings: { provisioning } }), ledger: { claim }, verifyIdToken }
}

function answerOf(
  pool: FakeUserPool,
  index = -1,
): Record<string, unknown> & { metadata: Record<string, string> } {
  const [, input] = pool.calls.filter(([name]) => name === 'answerChallenge').at(index)!
  return input as never
}

t.test('signs for the token and the address, so that the triggers take it', async (t) => {
  for (const provider of ['google', 'apple'] as const) {
    const pool = scriptedUserPool({ begin: [challengeFor()], answer: [tokens] })
    const asked: unknown[] = []
    const claimed: string[] = []
    const deps = depsWith(pool, {
      verifyIdToken: async (...args) => {
        asked.push(args)
        return { ...IDENTITY, provider }
      },
      claim: async (id) => Boolean(claimed.push(id)),
    })
    const input = { idToken, nonce: 'n-1', ipAddress: '203.0.113.7' }
    t.strictSame(await signInWithIdToken(deps, input), TOKENS)
    t.strictSame(asked, [[idToken, 'n-1']])
    t.strictSame(pool.calls[0], ['beginChallenge', email])
    const { answer, metadata } = answerOf(pool)
    t.equal(answer, idToken)
    t.strictSame(readContext(CONTEXT_KEY, ADA, metadata, NOW), {
      identifier: 'email',
      typed: addressDigest(CONTEXT_KEY, email),
      method: provider.toUpperCase(),
      proof: createHash('sha256').update(idToken).digest('base64url'),
      ipAddress: '203.0.113.7',
    })
    t.strictSame(claimed, ['id-token digest-of-token'])
  }
})

t.test('a missing user is created with the address as verified', async (t) => {
  const pool = scriptedUserPool({
    begin: [{ outcome: 'no_such_user' }, challengeFor()],
    create: [{ outcome: 'created', username: email }],
    answer: [tokens],
  })
  await signInWithIdToken(depsWith(pool), { idToken })
  t.match(pool.calls[1], ['createUser', { kind: 'email', value: email, vouchedForBy: 'GOOGLE' }])
})

t.test('rules hold: the round in which triggers ask for the context is passed first', async (t) => {
  const hint = writeExistenceHint(HINT_KEY, true)
  const marker = foreignChallengeFor(ADA, { challenge: 'PROVIDE_AUTH_PARAMETERS', hint })
  const pool = scriptedUserPool({ begin: [marker], answer: [challengeFor(), tokens] })
  t.strictSame(await signInWithIdToken(depsWith(pool), { idToken }), TOKENS)
  t.match(answerOf(pool, 0), { answer: '__dummy__', metadata: { signInMethod: 'GOOGLE' } })
  t.match(answerOf(pool, 1), { answer: idToken })
})

t.test('a token that does not hold asks Cognito nothing', async (t) => {
  for (const code of ['challenge_failed', 'upstream_unavailable'] as const) {
    const pool = scriptedUserPool({})
    const deps = depsWith(pool, { verifyIdToken: () => Promise.reject(new ServiceError(code)) })
    t.match(await failureOf(signInWithIdToken(deps, { idToken })), { code })
    t.strictSame(pool.names(), [])
  }
})

t.test(
  'refused: a used token, nobody where none are made, and whom the triggers refuse',
  async (t) => {
    const refusals = [
      depsWith(scriptedUserPool({ begin: [challengeFor()] }), { claim: async () => false }),
      depsWith(scriptedUserPool({ begin: [{ outcome: 'no_such_user' }] }), {
        provisioning: 'none',
      }),
      depsWith(scriptedUserPool({ begin: [{ outcome: 'refused' }] })),
      depsWith(scriptedUserPool({ begin: [challengeFor()], answer: [challengeFor()] })),
      depsWith(scriptedUserPool({ begin: [challengeFor()], answer: [{ outcome: 'refused' }] })),
    ]
    for (const deps of refusals) {
      const error = await failureOf(signInWithIdToken(deps, { idToken }))
      t.match(error, { code: 'challenge_failed', reason: 'refused' })
    }
  },
)
