import t from 'tap'
import { attack, attacker, scene, victim } from './against-both.ts'

const known = {
  username: victim.email,
  attributes: { email: victim.email, email_verified: 'true' },
}

attack(t, 'first enrolment by a stranger, through the service', {}, async (scene) => {
  scene.cognito.users.put(known)
  const { body } = await scene.start({ email: victim.email })
  const token = await scene.user.enrolAndPass(body.token, attacker.email)
  if (token === undefined) return undefined
  return (await scene.finish({ session: body.session, token })).body.accessToken
})

attack(t, 'first enrolment by a stranger who calls Cognito directly', {}, async (scene) => {
  scene.cognito.users.put(known)
  const begun = await scene.direct.initiate(victim.email)
  const token = await scene.user.enrolAndPass(begun.parameters['token']!, attacker.phoneNumber)
  return token && (await scene.direct.respond(begun, token)).accessToken
})

attack(t, 'first enrolment of an address nobody has used yet', {}, async (scene) => {
  const { body } = await scene.start({ email: victim.email })
  const token = await scene.user.enrolAndPass(body.token, attacker.email)
  return token && (await scene.finish({ session: body.session, token })).body.accessToken
})

attack(t, 'an address enrolled at Authsignal that Cognito does not hold', {}, async (scene) => {
  scene.cognito.users.put(known)
  const userId = scene.cognito.users.find(victim.email)!.username
  // Left over from triggers that let the attacker enrol it.
  await scene.server.enrollVerifiedAuthenticator({
    userId,
    attributes: { verificationMethod: 'EMAIL_OTP' as never, email: attacker.email },
  })
  const { body } = await scene.start({ email: victim.email })
  const token = await scene.user.pass(body.token, attacker.email).catch(() => 'no code came')
  return (await scene.finish({ session: body.session, token })).body.accessToken
})

attack(t, "a proof of the attacker's own account", { vendor: 'careless' }, async (scene) => {
  await scene.signIn({ email: victim.email })
  const mine = await scene.start({ email: attacker.email })
  const token = await scene.user.pass(mine.body.token, attacker.email)
  const { body } = await scene.start({ email: victim.email })
  return (await scene.finish({ session: body.session, token })).body.accessToken
})

attack(t, 'a proof for another action of the same user', { vendor: 'careless' }, async (scene) => {
  await scene.signIn({ email: victim.email })
  const userId = scene.cognito.users.find(victim.email)!.username
  const { token } = await scene.server.track({
    userId,
    action: 'newsletter',
    attributes: { email: victim.email },
  })
  const proof = await scene.user.pass(token, victim.email)
  const { body } = await scene.start({ email: victim.email })
  return (await scene.finish({ session: body.session, token: proof })).body.accessToken
})

attack(t, 'a proof of another attempt of the same user', {}, async (scene) => {
  await scene.signIn({ email: victim.email })
  const theirs = await scene.start({ email: victim.email })
  const stolen = await scene.user.pass(theirs.body.token, victim.email)
  const { body } = await scene.start({ email: victim.email })
  return (await scene.finish({ session: body.session, token: stolen })).body.accessToken
})

attack(t, 'a proof that was used before', {}, async (scene) => {
  await scene.signIn({ email: victim.email })
  const theirs = await scene.start({ email: victim.email })
  const used = await scene.user.pass(theirs.body.token, victim.email)
  await scene.finish({ session: theirs.body.session, token: used })
  const { body } = await scene.start({ email: victim.email })
  return (await scene.finish({ session: body.session, token: used })).body.accessToken
})

attack(t, 'a proof whose sign-in expired long ago', {}, async (scene) => {
  await scene.signIn({ email: victim.email })
  const theirs = await scene.start({ email: victim.email })
  const old = await scene.user.pass(theirs.body.token, victim.email)
  scene.cognito.clock.advance(9 * 60_000)
  scene.authsignal.clock.advance(9 * 60_000)
  const { body } = await scene.start({ email: victim.email })
  return (await scene.finish({ session: body.session, token: old })).body.accessToken
})

t.test('a token past its own expiry is refused', async (t) => {
  const here = await scene(t, 'ours', { client: { authSessionValidityMinutes: 15 } })
  const { body } = await here.start({ email: victim.email })
  const token = await here.user.pass(body.token, victim.email)
  here.authsignal.clock.advance(11 * 60_000)
  t.match((await here.finish({ session: body.session, token })).body, { code: 'challenge_failed' })
})
