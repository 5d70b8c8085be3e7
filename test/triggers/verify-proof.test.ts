import t, { type Test } from 'tap'
import type { EnrolledAuthenticator } from '../../src/authsignal/answers.ts'
import { addressDigest, writeContext } from '../../src/trigger-protocol/signed-context.ts'
import { createChallenge } from '../../src/triggers/create-challenge.ts'
import { verifyProof } from '../../src/triggers/verify-proof.ts'
import { createEvent, email, sub, tenant, verifyEvent } from './support.ts'

/** A user who has just passed the challenge of one attempt. */
async function passed(
  t: Test,
  userAttributes: Record<string, string> = { sub, email, email_verified: 'true' },
) {
  const here = await tenant(t)
  const { response } = await createChallenge(here.settings, createEvent({ userAttributes }))
  const token = await here.user.pass(response.publicChallengeParameters!['token']!, email)
  const marked: string[] = []
  const deps = {
    ...here.settings,
    markVerified: async (_event: unknown, _sub: string, address: { verifiedAttribute: string }) => {
      marked.push(address.verifiedAttribute)
    },
  }
  const privateChallengeParameters = response.privateChallengeParameters!
  const verify = async (request: Parameters<typeof verifyEvent>[0] = {}) => {
    const event = verifyEvent({
      userAttributes,
      challengeAnswer: token,
      privateChallengeParameters,
      ...request,
    })
    return (await verifyProof(deps, event)).response.answerCorrect
  }
  return { ...here, token, marked, verify, privateChallengeParameters }
}

t.test('accepts the proof of this attempt, as often as Cognito asks', async (t) => {
  const { verify, marked } = await passed(t)
  for (const _time of [1, 2, 3]) t.equal(await verify(), true)
  t.strictSame(marked, [], 'the address was verified before')
})

t.test('marks an address verified that was not', async (t) => {
  const { verify, marked } = await passed(t, { sub, email })
  t.equal(await verify(), true)
  t.strictSame(marked, ['email_verified'])
})

t.test('takes the token bare or as JSON, and nothing else', async (t) => {
  const { verify, token } = await passed(t)
  t.equal(await verify({ challengeAnswer: JSON.stringify({ token }) }), true)
  t.equal(await verify({ challengeAnswer: ` ${token} ` }), true)
  for (const challengeAnswer of [
    '',
    '{',
    '{}',
    '[]',
    '{"token":1}',
    'null',
    '{"token":null}',
    `"${token}"`,
    'x'.repeat(9_000),
    `${token}x`,
    '__dummy__',
  ]) {
    t.equal(await verify({ challengeAnswer }), false, challengeAnswer.slice(0, 20))
  }
})

t.test('refuses without an attempt to compare with', async (t) => {
  const { verify } = await passed(t)
  t.equal(await verify({ privateChallengeParameters: {} }), false)
  t.equal(await verify({ privateChallengeParameters: null }), false)
  t.equal(await verify({ privateChallengeParameters: { idempotencyKey: 'another' } }), false)
  t.equal(
    await verify({ privateChallengeParameters: { challenge: 'PROVIDE_AUTH_PARAMETERS' } }),
    false,
  )
})

t.test('refuses a user that does not exist, and one with another id', async (t) => {
  const { verify } = await passed(t)
  t.equal(await verify({ userNotFound: true }), false)
  t.equal(await verify({ userAttributes: {} }), false)
  const other = '84583468-8081-7000-901f-9d3de5b6b68b'
  t.equal(await verify({ userAttributes: { sub: other, email } }), false)
})

t.test('refuses a proof of the kind of address that was not asked for', async (t) => {
  const { verify, settings } = await passed(t)
  const key = settings.keys.context
  const metadata = (identifier: 'email' | 'phoneNumber', address: string) =>
    writeContext(key, sub, { identifier, typed: addressDigest(key, address) })
  t.equal(await verify({ clientMetadata: metadata('phoneNumber', '+6421234567') }), false)
  t.equal(await verify({ clientMetadata: metadata('email', 'other@example.com') }), false)
  t.equal(await verify({ clientMetadata: metadata('email', email) }), true)
})

t.test(
  'refuses when Cognito holds another address by now, however often it is asked',
  async (t) => {
    const { verify, settings } = await passed(t)
    const userAttributes = { sub, email: 'new@example.com', email_verified: 'true' }
    for (const _time of [1, 2, 3]) t.equal(await verify({ userAttributes }), false)
    await createChallenge(settings, createEvent({ userAttributes }))
    t.equal(await verify({ userAttributes }), false, 'also once Authsignal holds the new one')
  },
)

t.test('an authenticator that came after the token left proves nothing', async (t) => {
  const { verify, settings, authsignal, privateChallengeParameters } = await passed(t)
  const [own] = authsignal.users.get(sub)!.authenticators
  await settings.authsignal.removeAuthenticator(sub, own!.userAuthenticatorId)
  t.equal(await verify(), false, 'none is left')
  await settings.authsignal.enrol(sub, { method: 'EMAIL_OTP', address: email })
  t.equal(await verify(), false, 'one of the same address is there again')
  const [later] = authsignal.users.get(sub)!.authenticators
  const authenticators = `${own!.userAuthenticatorId} ${later!.userAuthenticatorId}`
  t.equal(
    await verify({ privateChallengeParameters: { ...privateChallengeParameters, authenticators } }),
    true,
    'and only that was missing',
  )
})

t.test('a possession counts only when it was enrolled before the token left', async (t) => {
  const { settings, token, privateChallengeParameters } = await passed(t)
  const passkey = { id: 'passkey-1', method: 'PASSKEY', address: undefined, isVerified: true }
  const stranger = { ...passkey, id: 'passkey-2' }
  const { idempotencyKey } = privateChallengeParameters
  const verdict = async (enrolled: object[], completedBy?: string) => {
    const authsignal = {
      ...settings.authsignal,
      validate: async (input: { token: string; userId: string; action: string }) => ({
        ...(await settings.authsignal.validate(input)),
        method: 'PASSKEY',
      }),
      authenticators: async () => enrolled as EnrolledAuthenticator[],
      actions: async (input: { userId: string; since: Date }) => {
        const actions = await settings.authsignal.actions(input)
        // The one that was passed, by whom it was passed.
        return actions.map(({ authenticatorId: _by, ...past }) =>
          completedBy === undefined || past.idempotencyKey !== idempotencyKey
            ? past
            : { ...past, authenticatorId: completedBy },
        )
      },
    }
    const event = verifyEvent({
      challengeAnswer: token,
      privateChallengeParameters: { ...privateChallengeParameters, authenticators: passkey.id },
    })
    const deps = { ...settings, authsignal, markVerified: async () => {} }
    return (await verifyProof(deps, event)).response.answerCorrect
  }
  t.equal(await verdict([passkey]), true)
  t.equal(await verdict([]), false)
  t.equal(await verdict([stranger]), false)
  t.equal(await verdict([passkey, stranger]), false, 'it may have been the other one')
  t.equal(await verdict([{ ...passkey, isVerified: false }]), false)
  t.equal(await verdict([passkey], passkey.id), true)
  t.equal(await verdict([passkey], stranger.id), false, 'one that is gone again has done it')
})

t.test('a proof of an address beside which another is enrolled proves nothing', async (t) => {
  const { verify, settings } = await passed(t)
  await settings.authsignal.enrol(sub, { method: 'EMAIL_OTP', address: 'mallory@example.net' })
  t.equal(await verify(), false)
})

t.test(
  'an untouched token and one of an action that needs no challenge prove nothing',
  async (t) => {
    const { verify, settings, authsignal, privateChallengeParameters } = await passed(t)
    authsignal.rules.add({ outcome: 'ALLOW' })
    const { token } = await settings.authsignal.track({
      userId: sub,
      action: 'cognitoAuth',
      idempotencyKey: 'fresh',
      attributes: {},
    })
    t.equal(await verify({ challengeAnswer: token }), false)
    t.equal(
      await verify({
        challengeAnswer: token,
        privateChallengeParameters: { ...privateChallengeParameters, idempotencyKey: 'fresh' },
      }),
      false,
    )
  },
)
