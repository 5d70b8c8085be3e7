import t from 'tap'
import { passwordCaller } from '../support/password-caller.ts'
import type { StackOptions } from '../support/stack.ts'
import { attack, attacker, scene, victim, type Scene } from './against-both.ts'

const { email } = victim
const password = 'Correct-Horse-1'

/** One client for both kinds of sign-in: the attacker may choose. */
const stack: StackOptions = {
  client: {
    explicitAuthFlows: ['ALLOW_CUSTOM_AUTH', 'ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
  },
}
const adaptive = { vendor: 'adaptive', stack } as const

function withPassword({ cognito, serviceEnv }: Scene, attributes: Record<string, string> = {}) {
  cognito.users.put({ username: email, password, attributes })
  return passwordCaller(cognito, serviceEnv['COGNITO_CLIENT_ID']!)
}

const proven = { email_verified: 'true' }

attack(t, 'SRP_A, which anybody can send, taken for a right answer', { stack }, async (scene) => {
  return (await withPassword(scene, proven).begin(email)).accessToken
})

attack(t, 'the password left out, and ALLOW', adaptive, async (scene) => {
  withPassword(scene, proven)
  await scene.signIn({ email })
  scene.authsignal.rules.add({ outcome: 'ALLOW' })
  const begun = await scene.direct.initiate(email)
  return (await scene.direct.respond(begun, begun.parameters['token']!)).accessToken
})

attack(t, 'the password left out, and no authenticator yet', adaptive, async (scene) => {
  withPassword(scene, proven)
  const begun = await scene.direct.initiate(email)
  return (await scene.direct.respond(begun, begun.parameters['token']!)).accessToken
})

attack(t, 'ALLOW, saying that the password was proven', adaptive, async (scene) => {
  withPassword(scene, proven)
  await scene.signIn({ email })
  scene.authsignal.rules.add({ outcome: 'ALLOW' })
  const forged = {
    firstFactor: 'PASSWORD',
    privateChallengeParameters: '{"firstFactor":"PASSWORD"}',
  }
  for (const answer of [
    (token: string) => token,
    (token: string) => JSON.stringify({ token, ...forged }),
  ]) {
    const begun = await scene.direct.initiate(email)
    const named = { ...begun, parameters: { ...begun.parameters, ...forged } }
    const token = answer(begun.parameters['token']!)
    const { accessToken } = await scene.direct.respond(named, token, forged)
    if (accessToken !== undefined) return accessToken
  }
  return undefined
})

attack(t, 'a second factor not set up yet: the password alone', adaptive, async (scene) => {
  const thief = withPassword(scene, proven)
  const challenge = await thief.enter(email, password)
  return (await scene.direct.respond(challenge, challenge.parameters['token']!)).accessToken
})

attack(t, 'a second factor not set up yet: one of the thief’s own', adaptive, async (scene) => {
  const thief = withPassword(scene, proven)
  const challenge = await thief.enter(email, password)
  const proof = await scene.user.enrolAndPass(challenge.parameters['token']!, attacker.email)
  return proof && (await scene.direct.respond(challenge, proof)).accessToken
})

for (const state of ['ALLOW', 'CHALLENGE_SUCCEEDED'] as const) {
  /** The victim's own attempt, seen over the shoulder: a token in that state. */
  const stolen = async (scene: Scene, begin: () => Promise<{ parameters: { token?: string } }>) => {
    if (state === 'ALLOW') scene.authsignal.rules.add({ outcome: 'ALLOW' })
    const { token } = (await begin()).parameters
    scene.authsignal.rules.clear()
    return state === 'ALLOW' ? token! : scene.user.pass(token!, email)
  }

  attack(t, `${state} of a sign-in without password, after a password`, adaptive, async (scene) => {
    const caller = withPassword(scene, proven)
    await scene.signIn({ email })
    const token = await stolen(scene, () => scene.direct.initiate(email))
    const challenge = await caller.enter(email, password)
    return (await scene.direct.respond(challenge, token)).accessToken
  })

  attack(t, `${state} after a password, in a sign-in without`, adaptive, async (scene) => {
    const caller = withPassword(scene, proven)
    await scene.signIn({ email })
    const token = await stolen(scene, () => caller.enter(email, password))
    const challenge = await scene.direct.initiate(email)
    return (await scene.direct.respond(challenge, token)).accessToken
  })

  attack(t, `${state} of another sign-in with the same password`, adaptive, async (scene) => {
    const caller = withPassword(scene, proven)
    await scene.signIn({ email })
    const token = await stolen(scene, () => caller.enter(email, password))
    const challenge = await caller.enter(email, password)
    return (await scene.direct.respond(challenge, token)).accessToken
  })
}

t.test('a wrong password leads to no challenge, whatever the rules say', async (t) => {
  const here = await scene(t, 'ours', stack)
  const caller = withPassword(here, proven)
  here.authsignal.rules.add({ outcome: 'ALLOW' })
  const wrong = { name: 'NotAuthorizedException', message: 'Incorrect username or password.' }
  await t.rejects(caller.enter(email, 'Wrong-Horse-1'), wrong)
  await t.rejects(caller.enter('nobody@example.com', password), wrong)
  const begun = await caller.begin(email)
  await t.rejects(here.direct.respond(begun, 'token'), { name: 'NotAuthorizedException' })
  t.equal(here.authsignal.calls.length, 0, 'Authsignal has not heard of it')
})

for (const outcome of ['BLOCK', 'REVIEW'] as const) {
  t.test(`${outcome} counts after a password too`, async (t) => {
    const here = await scene(t, 'ours', stack)
    const caller = withPassword(here, proven)
    here.authsignal.rules.add({ outcome })
    await t.rejects(caller.enter(email, password), {
      name: 'UserLambdaValidationException',
      message: 'CreateAuthChallenge failed with error SIGN_IN_BLOCKED.',
    })
  })
}

t.test('without a password nobody learns whether a challenge would be needed', async (t) => {
  const here = await scene(t, 'ours', stack)
  withPassword(here, proven)
  for (const name of [email, 'nobody@example.com']) {
    const { parameters } = await here.direct.initiate(name)
    t.strictSame(Object.keys(parameters).toSorted(), ['USERNAME', 'hint', 'token', 'url'])
  }
})
