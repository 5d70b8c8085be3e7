import t from 'tap'
import { ServiceError } from '../../src/errors.ts'
import { finishSignIn } from '../../src/sign-in/finish-sign-in.ts'
import { startSignIn } from '../../src/sign-in/start-sign-in.ts'
import { addressDigest } from '../../src/trigger-protocol/signed-context.ts'
import { MAX_ATTEMPTS } from '../../src/trigger-protocol/words.ts'
import { failureOf, signInError } from '../support/expect-error.ts'
import {
  challengeFor,
  CONTEXT_KEY,
  scriptedUserPool,
  SEALER,
  testDeps,
  userPoolWithNobody,
  type TestDeps,
} from '../support/sign-in.ts'

const email = 'ada@example.com'
const token = 'a.validation.token'
const settings = { provisioning: 'none' } as const

/** Offers wrong proofs until there is nothing to go on with. */
async function failures(deps: TestDeps): Promise<ServiceError[]> {
  const heard: ServiceError[] = []
  let session: string | undefined = (await startSignIn(deps, { email })).session
  while (session !== undefined) {
    const error = await failureOf(finishSignIn(deps, { session, token }))
    heard.push(error)
    session = error.retry?.session
  }
  return heard
}

function shapes(errors: ServiceError[]): unknown[] {
  return errors.map(({ code, errors, retryAfter, upstream, retry }) => ({
    code,
    errors,
    retryAfter,
    upstream,
    retry: retry && Object.keys(retry),
    expiresIn: retry?.expiresIn,
    sessionLength: retry?.session.length,
    sealedLength: retry && SEALER.open(retry.session).cognitoSession.length,
  }))
}

t.test('nobody hears the same sequence of answers as a user with wrong proofs', async (t) => {
  const real = testDeps(
    scriptedUserPool({
      begin: [challengeFor()],
      answer: [challengeFor(), challengeFor(), { outcome: 'refused' }],
    }),
  )
  const heardByAda = await failures(real)
  t.equal(heardByAda.length, MAX_ATTEMPTS)

  const nobody = testDeps(userPoolWithNobody(), { settings })
  const { challenge } = challengeFor()
  const issued = { token: 'x', url: 'x' }
  nobody.lookalike.learn({
    challenge,
    issued,
    typed: { kind: 'email', value: email },
    toldContext: false,
  })
  const heardByNobody = await failures(nobody)

  t.strictSame(shapes(heardByNobody), shapes(heardByAda))
  t.strictSame(nobody.userPool.names(), ['beginChallenge'])
})

t.test('no proof at all signs nobody in', async (t) => {
  const deps = testDeps(userPoolWithNobody(), { settings })
  const { session } = await startSignIn(deps, { email })
  for (const token of ['a.decoy.token1', '', 'null', '{"token":"x"}']) {
    const error = await failureOf(finishSignIn(deps, { session, token }))
    t.match(error.code, /^(challenge_failed|session_expired)$/)
  }
})

t.test('a session for nobody is good for one answer, as a real one is', async (t) => {
  const deps = testDeps(userPoolWithNobody(), { settings })
  const { session } = await startSignIn(deps, { email })
  const first = await failureOf(finishSignIn(deps, { session, token }))
  t.ok(first.retry)
  t.notSame(first.retry?.session, session)
  await t.rejects(finishSignIn(deps, { session, token }), signInError('session_expired'))
  const again = first.retry?.session ?? ''
  await t.rejects(finishSignIn(deps, { session: again, token }), signInError('challenge_failed'))
  await t.rejects(finishSignIn(deps, { session: again, token }), signInError('session_expired'))
})

t.test('two answers at once to a session for nobody: one of them is too late', async (t) => {
  const deps = testDeps(userPoolWithNobody(), { settings })
  const { session } = await startSignIn(deps, { email })
  const both = [1, 2].map(() => failureOf(finishSignIn(deps, { session, token })))
  const codes = (await Promise.all(both)).map(({ code }) => code)
  t.strictSame(codes.toSorted(), ['challenge_failed', 'session_expired'])
})

t.test('each retry for nobody has a challenge of its own', async (t) => {
  const deps = testDeps(userPoolWithNobody(), { settings })
  const [first, second] = await failures(deps)
  t.ok(first?.retry?.token)
  t.not(first?.retry?.token, second?.retry?.token)
  t.equal(deps.decoys.length, 3)
})

t.test('start and retries are one action of one nobody', async (t) => {
  const deps = testDeps(userPoolWithNobody(), { settings })
  await failures(deps)
  const [start, ...retries] = deps.decoys
  t.match(start, { name: email, showsName: false, idempotencyKey: /^[\w-]{24}$/ })
  for (const { context, ...retry } of retries) {
    t.match(context, { identifier: 'email' }, 'a further round is always told the context')
    // A block that comes later is told: the user's own triggers would tell it.
    t.strictSame({ ...retry, context: undefined, evenIfBlocked: true }, start)
  }
  t.equal(retries.length, 2)
})

t.test('a retry is tracked with what the start said and the connection of now', async (t) => {
  const deps = testDeps(userPoolWithNobody(), { settings })
  const { challenge } = challengeFor()
  deps.lookalike.learn({
    challenge,
    issued: { token: 'x' },
    typed: { kind: 'email', value: email },
    toldContext: true,
  })
  const said = { locale: 'en-NZ', deviceId: 'device-1' }
  const { session } = await startSignIn(deps, { email, ...said, ipAddress: '203.0.113.7' })
  await failureOf(finishSignIn(deps, { session, token, ipAddress: '203.0.113.8' }))
  const context = { identifier: 'email', typed: addressDigest(CONTEXT_KEY, email), ...said }
  t.strictSame(
    deps.decoys.map((decoy) => decoy.context),
    [
      { ...context, ipAddress: '203.0.113.7' },
      { ...context, ipAddress: '203.0.113.8' },
    ],
  )
})

t.test('a rule that blocks the retry of nobody ends the sign-in', async (t) => {
  const deps = testDeps(userPoolWithNobody(), { settings })
  const { session } = await startSignIn(deps, { email })
  const blocking = testDeps(userPoolWithNobody(), {
    makeDecoy: () => Promise.reject(new ServiceError('sign_in_blocked')),
  })
  await t.rejects(finishSignIn(blocking, { session, token }), signInError('sign_in_blocked'))
})

t.test('a decoy that cannot be made fails as an upstream does', async (t) => {
  const deps = testDeps(userPoolWithNobody(), { settings })
  const { session } = await startSignIn(deps, { email })
  const broken = testDeps(userPoolWithNobody(), {
    settings,
    makeDecoy: () => Promise.reject(new Error('no decoy')),
  })
  await t.rejects(finishSignIn(broken, { session, token }), { message: 'no decoy' })
})

t.test('while the pool is not asked, nobody fails like anybody and can try again', async (t) => {
  const deps = testDeps(userPoolWithNobody(), { settings })
  const { session } = await startSignIn(deps, { email })
  const refusal = new ServiceError('upstream_unavailable', { retryAfter: 7 })
  const checkUserPool = () => {
    throw refusal
  }
  const error = await failureOf(finishSignIn({ ...deps, checkUserPool }, { session, token }))
  t.match(error, { code: 'upstream_unavailable', retryAfter: 7 })
  await t.rejects(finishSignIn(deps, { session, token }), signInError('challenge_failed'))
})
