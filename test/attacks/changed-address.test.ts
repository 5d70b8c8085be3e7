import t from 'tap'
import { attack, attacker, scene, victim, type Scene } from './against-both.ts'

const OLD = 'old@example.com'
const NEW = 'new@example.com'

/** What an administrator, or UpdateUserAttributes where it is allowed, does to an address. */
function change(scene: Scene, from: string, to: string, verified: 'true' | 'false'): void {
  const { username } = scene.cognito.users.find(from)!
  scene.cognito.users.put({ username, attributes: { email: to, email_verified: verified } })
}

attack(t, 'the old mailbox after the address was changed', {}, async (scene) => {
  await scene.signIn({ email: OLD })
  change(scene, OLD, NEW, 'true')
  const { body } = await scene.start({ email: NEW })
  const token = await scene.user.pass(body.token, OLD).catch(() => 'no code came')
  return (await scene.finish({ session: body.session, token })).body.accessToken
})

attack(
  t,
  'proofs of the old mailbox, collected before the address was changed',
  {},
  async (scene) => {
    await scene.signIn({ email: OLD })
    const attempts = []
    for (const _attempt of [1, 2, 3]) {
      const { body } = await scene.start({ email: OLD })
      attempts.push({ session: body.session, token: await scene.user.pass(body.token, OLD) })
    }
    change(scene, OLD, NEW, 'true')
    // The owner starts, which brings Authsignal in line.
    await scene.start({ email: NEW })
    for (const attempt of attempts) {
      const { body } = await scene.finish(attempt)
      if (body.accessToken) return body.accessToken
    }
    return undefined
  },
)

attack(t, "getting a stranger's address verified without its owner", {}, async (scene) => {
  await scene.signIn({ email: attacker.email })
  const { body } = await scene.start({ email: attacker.email })
  const token = await scene.user.pass(body.token, attacker.email)
  change(scene, attacker.email, victim.email, 'false')
  await scene.start({ email: victim.email })
  const finished = await scene.finish({ session: body.session, token })
  t.strictSame(scene.authsignal.messages(victim.email), [])
  return finished.body.accessToken
})

t.test('the owner of the new address signs in with it', async (t) => {
  const here = await scene(t, 'ours')
  await here.signIn({ email: OLD })
  for (const verified of ['true', 'false'] as const) {
    change(here, verified === 'true' ? OLD : NEW, verified === 'true' ? NEW : OLD, verified)
    const email = verified === 'true' ? NEW : OLD
    t.equal((await here.signIn({ email })).status, 200, email)
  }
})

t.test('an address its user has given up reaches nobody else', async (t) => {
  const here = await scene(t, 'ours', { pool: { usernames: 'alias' }, contextRound: 'on' })
  await here.signIn({ email: OLD })
  const user = here.cognito.users.list()[0]!
  here.cognito.users.put({
    username: user.username,
    attributes: { email: NEW, email_verified: 'true' },
  })
  const sentBefore = here.authsignal.messages(NEW).length
  const { body, status } = await here.start({ email: OLD })
  t.equal(status, 200)
  await here.user.pass(body.token, NEW).catch(() => undefined)
  t.equal(here.authsignal.messages(NEW).length, sentBefore, 'no code to the new address')
  const finished = await here.finish({ session: body.session, token: body.token })
  t.equal(finished.status, 401)
})
