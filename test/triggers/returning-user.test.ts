import t, { type Test } from 'tap'
import { addressDigest, writeContext } from '../../src/trigger-protocol/signed-context.ts'
import type { PastAction } from '../../src/authsignal/answers.ts'
import type { AuthsignalClient } from '../../src/authsignal/client.ts'
import { createChallenge } from '../../src/triggers/create-challenge.ts'
import { verifyProof } from '../../src/triggers/verify-proof.ts'
import { gate } from '../support/gate.ts'
import { createEvent, email, sub, tenant, verifyEvent } from './support.ts'

const HOUR = 60 * 60_000
const MALLORY = 'mallory@example.net'
const phoneNumber = '+6421234567'

const VALIDATE = 'POST /validate'
const ACTIONS = 'GET /users/:userId/actions'
const AUTHENTICATORS = 'GET /users/:userId/authenticators'
const TRACK = 'POST /users/:userId/actions/:action'

/** A user who signed in some hours ago and starts anew; what happens until verify is the test's. */
async function returning(
  t: Test,
  { hours = 3, userAttributes = { sub, email, email_verified: 'true' } } = {},
) {
  const here = await tenant(t)
  const { settings, authsignal, user } = here
  const create = async () =>
    (await createChallenge(settings, createEvent({ userAttributes }))).response

  authsignal.clock.advance(-hours * HOUR)
  const first = await create()
  const proofOfBefore = await user.pass(first.publicChallengeParameters!['token']!, email)
  authsignal.clock.advance(hours * HOUR)

  const counted = async <Answer>(work: () => Promise<Answer>) => {
    authsignal.calls.length = 0
    const answer = await work()
    return { answer, calls: authsignal.calls.map(({ operation }) => operation).toSorted() }
  }
  const started = await counted(create)
  const token = started.answer.publicChallengeParameters!['token']!
  const privateChallengeParameters = started.answer.privateChallengeParameters!

  const verify = (
    challengeAnswer: string,
    request: Parameters<typeof verifyEvent>[0] = {},
    client: Partial<AuthsignalClient> = {},
  ) =>
    counted(async () => {
      const deps = {
        ...settings,
        authsignal: { ...settings.authsignal, ...client },
        markVerified: async () => {},
      }
      const given = { userAttributes, challengeAnswer, privateChallengeParameters, ...request }
      return (await verifyProof(deps, verifyEvent(given))).response.answerCorrect
    })
  const own = authsignal.users.get(sub)!.authenticators
  return { ...here, create, started, token, proofOfBefore, privateChallengeParameters, verify, own }
}

t.test('costs two calls at the start and two at the end, each two side by side', async (t) => {
  const { started, verify, user, token } = await returning(t)
  t.strictSame(started.calls, [AUTHENTICATORS, TRACK])
  const proof = await user.pass(token, email)
  for (const _time of [1, 2, 3]) {
    t.strictSame(await verify(proof), { answer: true, calls: [ACTIONS, VALIDATE] })
  }
})

t.test('Verify waits for one round trip', async (t) => {
  const { verify, user, token, settings } = await returning(t)
  const proof = await user.pass(token, email)
  const asked = gate()
  // Each answers only once the other has been asked.
  const { answer } = await verify(
    proof,
    {},
    {
      validate: async (input) => {
        asked.open()
        return settings.authsignal.validate(input)
      },
      actions: async (input) => {
        await asked.opened
        return settings.authsignal.actions(input)
      },
    },
  )
  t.equal(answer, true)
})

t.test('what Cognito keeps of a challenge shows no address', async (t) => {
  const { privateChallengeParameters, own } = await returning(t)
  t.match(privateChallengeParameters['addresses'], `${own[0]!.userAuthenticatorId}:`)
  t.notMatch(JSON.stringify(privateChallengeParameters), email)
})

t.test('one of two addresses is proven as cheaply, whichever was typed', async (t) => {
  const userAttributes = {
    sub,
    email,
    email_verified: 'true',
    phone_number: phoneNumber,
    phone_number_verified: 'true',
  }
  const { verify, user, token, settings } = await returning(t, { userAttributes })
  const key = settings.keys.context
  const typed = (kind: 'email' | 'phoneNumber', address: string) =>
    writeContext(key, sub, { identifier: kind, typed: addressDigest(key, address) })
  const proof = await user.pass(token, phoneNumber)
  const settled = { answer: true, calls: [ACTIONS, VALIDATE] }
  t.strictSame(await verify(proof), settled)
  const clientMetadata = typed('phoneNumber', phoneNumber)
  t.strictSame(await verify(proof, { clientMetadata }), settled)
  const { answer } = await verify(proof, { clientMetadata: typed('email', email) })
  t.equal(answer, false, 'not for the other kind')
})

t.test(
  'who has passed a challenge in the last two hours is asked for authenticators',
  async (t) => {
    const { verify, user, token } = await returning(t, { hours: 1 })
    const proof = await user.pass(token, email)
    t.strictSame(await verify(proof), {
      answer: true,
      calls: [AUTHENTICATORS, ACTIONS, VALIDATE].toSorted(),
    })
  },
)

t.test('so is whoever had an action of another kind, passed or not', async (t) => {
  const { verify, user, token, settings, privateChallengeParameters } = await returning(t)
  const proof = await user.pass(token, email)
  await settings.authsignal.track({
    userId: sub,
    action: 'addAuthenticator',
    // The same key on purpose: a client may name one (docs: initiate-challenge).
    idempotencyKey: privateChallengeParameters['idempotencyKey']!,
    attributes: { scope: 'add:authenticators' },
  })
  const { answer, calls } = await verify(proof)
  t.equal(answer, true)
  t.ok(calls.includes(AUTHENTICATORS))
})

t.test('attempts that nobody has passed change nothing', async (t) => {
  const { verify, user, token, create } = await returning(t)
  await create()
  await create()
  const proof = await user.pass(token, email)
  t.strictSame(await verify(proof), { answer: true, calls: [ACTIONS, VALIDATE] })
})

for (const [name, doctored] of Object.entries({
  'names no authenticator': (past: PastAction) => ({ ...past, authenticatorId: undefined }),
  'does not say which kind it is': (past: PastAction) => ({ ...past, code: undefined }),
})) {
  t.test(`an action that ${name} settles nothing, and the list decides`, async (t) => {
    const { verify, user, token, settings, own } = await returning(t)
    const proof = await user.pass(token, email)
    const actions: AuthsignalClient['actions'] = async (input) =>
      (await settings.authsignal.actions(input)).map((past) => {
        const { authenticatorId, code, ...rest } = doctored(past)
        return {
          ...rest,
          ...(authenticatorId === undefined ? {} : { authenticatorId }),
          ...(code === undefined ? {} : { code }),
        }
      })
    const sound = await verify(proof, {}, { actions })
    t.equal(sound.answer, true)
    t.ok(sound.calls.includes(AUTHENTICATORS))
    own.push({ ...own[0]!, userAuthenticatorId: 'later', email: MALLORY })
    t.equal((await verify(proof, {}, { actions })).answer, false, 'another is enrolled beside it')
  })
}

t.test('an action Authsignal does not list settles nothing', async (t) => {
  const { verify, user, token } = await returning(t)
  const proof = await user.pass(token, email)
  const { answer, calls } = await verify(proof, {}, { actions: async () => [] })
  t.equal(answer, true)
  t.ok(calls.includes(AUTHENTICATORS))
})

t.test('an address that was changed since the start settles nothing', async (t) => {
  const { verify, user, token } = await returning(t)
  const proof = await user.pass(token, email)
  const userAttributes = { sub, email: 'new@example.com', email_verified: 'true' }
  const { answer, calls } = await verify(proof, { userAttributes })
  t.equal(answer, false)
  t.ok(calls.includes(AUTHENTICATORS))
})

t.test('a challenge of the release before this one can be finished', async (t) => {
  const { verify, user, token, privateChallengeParameters } = await returning(t)
  const proof = await user.pass(token, email)
  const { addresses: _addresses, ...before } = privateChallengeParameters
  t.strictSame(await verify(proof, { privateChallengeParameters: before }), {
    answer: true,
    calls: [AUTHENTICATORS, ACTIONS, VALIDATE].toSorted(),
  })
})

t.test('an authenticator that was enrolled for the moment and removed again', async (t) => {
  const { verify, user, token, own } = await returning(t)
  const [mine] = own.splice(0)
  own.push({ ...mine!, userAuthenticatorId: 'later', email: MALLORY })
  const proof = await user.pass(token, MALLORY)
  own.splice(0, 1, mine!)
  t.strictSame(await verify(proof), { answer: false, calls: [ACTIONS, VALIDATE] })
})

t.test('an authenticator whose address a leaked proof has changed', async (t) => {
  const { verify, user, token, own, create } = await returning(t)
  // The owner signs in meanwhile; the token of that challenge may change authenticators.
  const { publicChallengeParameters } = await create()
  await user.pass(publicChallengeParameters!['token']!, email)
  own[0]!.email = MALLORY
  const proof = await user.pass(token, MALLORY)
  const { answer, calls } = await verify(proof)
  t.equal(answer, false)
  t.ok(calls.includes(AUTHENTICATORS), 'the id alone says nothing')
})

t.test('a user who holds a passkey too is asked for authenticators at once', async (t) => {
  const { user, own, create, settings } = await returning(t)
  own.push({ ...own[0]!, userAuthenticatorId: 'passkey', verificationMethod: 'PASSKEY' })
  const { publicChallengeParameters, privateChallengeParameters } = await create()
  const proof = await user.pass(publicChallengeParameters!['token']!, email)
  const asked = new Set<string>()
  const noting = (name: 'validate' | 'actions' | 'authenticators') => ({
    [name]: async (input: never) => {
      asked.add(name)
      // Lets all that are asked at once be asked.
      await new Promise((resolve) => setImmediate(resolve))
      if (asked.size < 3) throw new Error('not side by side')
      return settings.authsignal[name](input)
    },
  })
  const authsignal = {
    ...settings.authsignal,
    ...noting('validate'),
    ...noting('actions'),
    ...noting('authenticators'),
  }
  const event = verifyEvent({
    challengeAnswer: proof,
    privateChallengeParameters: privateChallengeParameters!,
  })
  const deps = { ...settings, authsignal, markVerified: async () => {} }
  t.equal((await verifyProof(deps, event)).response.answerCorrect, true)
})

t.test('a passkey that was removed after it was used proves nothing', async (t) => {
  const { token, user, own, create, settings } = await returning(t)
  own.push({ ...own[0]!, userAuthenticatorId: 'passkey', verificationMethod: 'PASSKEY' })
  const { privateChallengeParameters, publicChallengeParameters } = await create()
  t.not(publicChallengeParameters!['token'], token)
  const proof = await user.pass(publicChallengeParameters!['token']!, email)
  const { idempotencyKey } = privateChallengeParameters!
  const authsignal: AuthsignalClient = {
    ...settings.authsignal,
    validate: async (input) => ({
      ...(await settings.authsignal.validate(input)),
      method: 'PASSKEY',
    }),
    actions: async (input) =>
      (await settings.authsignal.actions(input)).map((past) =>
        past.idempotencyKey === idempotencyKey ? { ...past, authenticatorId: 'passkey' } : past,
      ),
  }
  const verdict = async () => {
    const event = verifyEvent({
      challengeAnswer: proof,
      privateChallengeParameters: privateChallengeParameters!,
    })
    const deps = { ...settings, authsignal, markVerified: async () => {} }
    return (await verifyProof(deps, event)).response.answerCorrect
  }
  t.equal(await verdict(), true)
  own.pop()
  t.equal(await verdict(), false)
})
