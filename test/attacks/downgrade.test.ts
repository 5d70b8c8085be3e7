import t from 'tap'
import { attack, attacker, scene, victim } from './against-both.ts'

const { email, phoneNumber } = victim

attack(
  t,
  'ALLOW taken as proof: the untouched token of a user without an authenticator',
  { vendor: 'careless' },
  async (scene) => {
    const { body } = await scene.start({ email })
    return (await scene.finish({ session: body.session, token: body.token })).body.accessToken
  },
)

attack(
  t,
  'ALLOW taken as proof: a rule lets an enrolled user through',
  { vendor: 'careless' },
  async (scene) => {
    await scene.signIn({ email })
    scene.authsignal.rules.add({ action: 'cognitoAuth', outcome: 'ALLOW' })
    const { body } = await scene.start({ email })
    return (await scene.finish({ session: body.session, token: body.token })).body.accessToken
  },
)

attack(t, 'a text-message proof where email was asked for', {}, async (scene) => {
  scene.cognito.users.put({
    username: email,
    attributes: {
      email,
      email_verified: 'true',
      phone_number: phoneNumber,
      phone_number_verified: 'true',
    },
  })
  const userId = scene.cognito.users.find(email)!.username
  for (const attributes of [
    { verificationMethod: 'EMAIL_OTP' as never, email },
    { verificationMethod: 'SMS' as never, phoneNumber },
  ]) {
    await scene.server.enrollVerifiedAuthenticator({ userId, attributes })
  }
  const { body } = await scene.start({ email })
  // The number was taken over; the mailbox was not.
  const token = await scene.user.pass(body.token, phoneNumber)
  return (await scene.finish({ session: body.session, token })).body.accessToken
})

attack(t, 'a proof by an authenticator Cognito has no address for', {}, async (scene) => {
  await scene.signIn({ email })
  const userId = scene.cognito.users.find(email)!.username
  await scene.server.enrollVerifiedAuthenticator({
    userId,
    attributes: { verificationMethod: 'SMS' as never, phoneNumber: attacker.phoneNumber },
  })
  const begun = await scene.direct.initiate(email)
  const token = await scene.user.pass(begun.parameters['token']!, attacker.phoneNumber)
  return (await scene.direct.respond(begun, token)).accessToken
})

attack(t, 'guessing without end', {}, async (scene) => {
  await scene.signIn({ email })
  let begun = await scene.direct.initiate(email)
  for (let guess = 0; guess < 10; guess += 1) {
    const next = await scene.direct.respond(begun, `guess-${guess}`).catch(() => undefined)
    if (next?.session === undefined) return undefined
    begun = { session: next.session, parameters: next.parameters }
  }
  return begun.session
})

for (const outcome of ['BLOCK', 'REVIEW'] as const) {
  attack(t, `a sign-in that a rule answers with ${outcome}`, {}, async (scene) => {
    await scene.signIn({ email })
    scene.authsignal.rules.add({ action: 'cognitoAuth', outcome })
    const { token = '..' } = (await scene.start({ email })).body
    // A start that hides the block carries a decoy's token, which is nobody's.
    const claims = Buffer.from(token.split('.')[1], 'base64url').toString()
    return claims.includes(scene.cognito.users.find(email)!.username) ? token : undefined
  })

  t.test(`${outcome} while the user takes the challenge is a 403 at finish`, async (t) => {
    const here = await scene(t, 'ours')
    await here.signIn({ email })
    const { body } = await here.start({ email })
    const token = await here.user.pass(body.token, email)
    const userId = here.cognito.users.find(email)!.username
    const [action] = [...here.authsignal.users.get(userId)!.actions.values()].slice(-1)
    await here.server.updateAction({
      userId,
      action: 'cognitoAuth',
      idempotencyKey: action!.idempotencyKey,
      attributes: { state: (outcome === 'BLOCK' ? 'BLOCK' : 'REVIEW_REQUIRED') as never },
    })
    const finished = await here.finish({ session: body.session, token })
    t.match(finished.body, { status: 403, code: 'sign_in_blocked' })
  })
}

t.test('where blocks are told, BLOCK and REVIEW at start are a 403', async (t) => {
  const here = await scene(t, 'ours', { env: { BLOCKED_STARTS: 'tell' } })
  here.authsignal.rules.add({ action: 'cognitoAuth', outcome: 'BLOCK' })
  t.match((await here.start({ email })).body, { status: 403, code: 'sign_in_blocked' })
})
