import t, { type Test } from 'tap'
import { createChallenge } from '../../src/triggers/create-challenge.ts'
import { verifyProof } from '../../src/triggers/verify-proof.ts'
import { createEvent, email, sub, tenant, verifyEvent } from './support.ts'

const round = (challengeName: string, challengeResult = true) => ({
  challengeName,
  challengeResult,
  challengeMetadata: null,
})
const session = [round('SRP_A'), round('PASSWORD_VERIFIER')]
const nameless = { sub }

/** A challenge of ours after these rounds, and a way to answer it. */
async function challenged(
  t: Test,
  request: Parameters<typeof createEvent>[0] = { session },
  env: Record<string, string> = {},
) {
  const here = await tenant(t, env)
  const next = async (more = request) => {
    const { response } = await createChallenge(here.settings, createEvent(more))
    return {
      shown: response.publicChallengeParameters!,
      kept: response.privateChallengeParameters!,
    }
  }
  const verify = async (challengeAnswer: string, kept: Record<string, string>) => {
    const event = verifyEvent({
      challengeAnswer,
      privateChallengeParameters: kept,
      ...(request?.userAttributes && { userAttributes: request.userAttributes }),
    })
    const deps = { ...here.settings, markVerified: async () => {} }
    return (await verifyProof(deps, event)).response.answerCorrect
  }
  return { ...here, next, verify }
}

t.test('shows the state beside token and URL, and keeps that a password came first', async (t) => {
  const { next } = await challenged(t)
  const { shown, kept } = await next()
  t.strictSame(Object.keys(shown).toSorted(), ['hint', 'state', 'token', 'url'])
  t.equal(shown['state'], 'CHALLENGE_REQUIRED')
  t.equal(kept['firstFactor'], 'PASSWORD')
})

t.test('neither of it without a password that was proven', async (t) => {
  const refused = { ...session[1]!, challengeResult: false }
  for (const rounds of [
    [],
    [session[0]!],
    [session[1]!],
    [session[0]!, refused],
    [{ ...session[0]!, challengeResult: false }, session[1]!],
    [session[1]!, session[0]!],
    [round('CUSTOM_CHALLENGE'), ...session],
    [session[0]!, round('CUSTOM_CHALLENGE'), session[1]!],
  ]) {
    const { next } = await challenged(t, { session: rounds })
    const { shown, kept } = await next()
    const names = rounds.map(({ challengeName }) => challengeName).join()
    t.notOk('state' in shown, names)
    t.notOk('firstFactor' in kept, names)
  }
})

t.test('ALLOW finishes the sign-in at once, with the token of this attempt only', async (t) => {
  const { authsignal, next, verify } = await challenged(t)
  authsignal.rules.add({ outcome: 'ALLOW' })
  const mine = await next()
  const other = await next()
  t.equal(mine.shown['state'], 'ALLOW')
  t.equal(await verify(mine.shown['token']!, mine.kept), true)
  t.equal(await verify(other.shown['token']!, mine.kept), false)
  const { firstFactor: _firstFactor, ...withoutPassword } = mine.kept
  t.equal(await verify(mine.shown['token']!, withoutPassword), false)
  for (const firstFactor of ['', 'true', 'password', 'SRP_A']) {
    t.equal(await verify(mine.shown['token']!, { ...withoutPassword, firstFactor }), false)
  }
})

t.test('a challenge that is required is not skipped, and passes when taken', async (t) => {
  const { next, verify, user } = await challenged(t)
  const { shown, kept } = await next()
  t.equal(await verify(shown['token']!, kept), false)
  t.equal(await verify(await user.pass(shown['token']!, email), kept), true)
})

t.test('a user without an authenticator is let through by ALLOW', async (t) => {
  const { next, verify } = await challenged(t, { session, userAttributes: nameless })
  const { shown, kept } = await next()
  t.equal(shown['state'], 'ALLOW')
  t.equal(await verify(shown['token']!, kept), true)
})

t.test('an authenticator enrolled under that token proves nothing in this sign-in', async (t) => {
  const { next, verify, user } = await challenged(t, { session, userAttributes: nameless })
  const { shown, kept } = await next()
  const proof = await user.enrolAndPass(shown['token']!, 'mallory@example.net')
  t.type(proof, 'string', 'Authsignal lets the holder enrol')
  t.equal(await verify(proof!, kept), false)
})

t.test('where no challenge reaches the user and none is waived, nobody gets in', async (t) => {
  const { settings, verify, user } = await challenged(t, { session, userAttributes: nameless })
  // A tenant that does not turn CHALLENGE_REQUIRED into ALLOW for users without an authenticator.
  const track: typeof settings.authsignal.track = async (input) => ({
    ...(await settings.authsignal.track(input)),
    state: 'CHALLENGE_REQUIRED',
  })
  const strict = { ...settings, authsignal: { ...settings.authsignal, track } }
  const event = createEvent({ session, userAttributes: nameless })
  const { response } = await createChallenge(strict, event)
  const { token, state } = response.publicChallengeParameters!
  t.equal(state, 'CHALLENGE_REQUIRED')
  t.equal(await user.enrolAndPass(token!, 'mallory@example.net'), undefined)
  t.equal(await verify(token!, response.privateChallengeParameters!), false)
})

for (const outcome of ['BLOCK', 'REVIEW'] as const) {
  t.test(`${outcome} ends it, at once or while the challenge is open`, async (t) => {
    const { authsignal, next, verify } = await challenged(t)
    const { shown, kept } = await next()
    authsignal.rules.add({ outcome })
    await t.rejects(next(), { code: 'sign_in_blocked' })
    const actions = [...authsignal.users.get(sub)!.actions.values()]
    const open = actions.find(({ idempotencyKey }) => idempotencyKey === kept['idempotencyKey'])!
    open.state = outcome === 'BLOCK' ? 'BLOCK' : 'REVIEW_REQUIRED'
    await t.rejects(verify(shown['token']!, kept), { code: 'sign_in_blocked' })
  })
}

t.test('a wrong answer goes on with the same action, and ALLOW still counts', async (t) => {
  const { authsignal, next, verify } = await challenged(t)
  authsignal.rules.add({ outcome: 'ALLOW' })
  const first = await next()
  const wrong = {
    ...round('CUSTOM_CHALLENGE', false),
    challengeMetadata: first.kept['idempotencyKey']!,
  }
  const second = await next({ session: [...session, wrong] })
  t.equal(second.kept['idempotencyKey'], first.kept['idempotencyKey'])
  t.equal(second.kept['firstFactor'], 'PASSWORD')
  t.equal(await verify(second.shown['token']!, second.kept), true)
})

t.test('the context round is not asked of clients that begin with a password', async (t) => {
  const { next } = await challenged(t, { session }, { CONTEXT_ROUND: 'on' })
  t.match((await next()).shown, { token: String, url: String, state: 'CHALLENGE_REQUIRED' })
})
