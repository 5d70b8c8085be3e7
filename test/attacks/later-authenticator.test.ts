import t from 'tap'
import { attack, attacker, scene, victim } from './against-both.ts'

const { email } = victim

attack(
  t,
  'enrolling beside a user who has just signed in, and covering the tracks',
  { stack: { tenant: { enrolAfterAnyChallenge: true } } },
  async (scene) => {
    // The attacker starts for the victim, which anybody can, and waits for the victim to sign in.
    await scene.signIn({ email })
    const { body } = await scene.start({ email })
    t.equal((await scene.signIn({ email })).status, 200)
    const proof = await scene.user.enrolAndPass(body.token, attacker.email)
    t.type(proof, 'string', 'Authsignal lets the attacker enrol')
    const userId = scene.cognito.users.find(email)!.username
    const own = scene.authsignal.users
      .get(userId)!
      .authenticators.find((entry) => entry.email === attacker.email)!
    await scene.server.deleteAuthenticator({
      userId,
      userAuthenticatorId: own.userAuthenticatorId,
    })
    return (await scene.finish({ session: body.session, token: proof })).body.accessToken
  },
)

t.test('an authenticator enrolled after the token left does not finish that attempt', async (t) => {
  const here = await scene(t, 'ours')
  await here.signIn({ email })
  const userId = here.cognito.users.find(email)!.username
  const { body } = await here.start({ email })
  // Somebody with a right to enrol does so, for a moment beside the user's own.
  await here.server.enrollVerifiedAuthenticator({
    userId,
    attributes: { verificationMethod: 'EMAIL_OTP' as never, email: 'mallory@example.net' },
  })
  const token = await here.user.pass(body.token, email)
  const finished = await here.finish({ session: body.session, token })
  t.match(finished.body, { status: 401, code: 'challenge_failed', retry: { session: String } })

  const { retry } = finished.body
  const proof = await here.user.pass(retry.token, email)
  t.equal((await here.finish({ session: retry.session, token: proof })).status, 200)
  const enrolled = here.authsignal.users.get(userId)!.authenticators.map((entry) => entry.email)
  t.strictSame(enrolled, [email], 'the next round has put it right')
})

t.test('Cognito running verify again does not change its mind', async (t) => {
  const here = await scene(t, 'ours')
  await here.signIn({ email })
  const { username } = here.cognito.users.find(email)!
  const { body } = await here.start({ email })
  const token = await here.user.pass(body.token, email)
  const attributes = { email: 'new@example.com', email_verified: 'true' }
  here.cognito.users.put({ username, attributes })
  // The answer of the first run is lost; Cognito asks a second and a third time.
  here.authsignal.faults.add({
    operation: 'GET /users/:userId/authenticators',
    fault: { kind: 'reset', when: 'after' },
    times: 2,
  })
  const first = await here.finish({ session: body.session, token })
  t.not(first.status, 200)
  t.notOk(first.body.accessToken)
})
