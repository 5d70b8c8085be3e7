import { randomBytes } from 'node:crypto'
import t from 'tap'
import { startStack } from '../support/stack.ts'

const email = 'ada@example.com'
const KEY = randomBytes(32).toString('base64')

t.test(
  'a session that was altered, cut, forged or made up is refused before Cognito hears of it',
  async (t) => {
    const stack = await startStack(t)
    const { body } = await stack.start({ email })
    const token = await stack.user.pass(body.token, email)
    stack.cognitoCalls()
    const { session } = body as { session: string }
    const at = Math.floor(session.length / 2)
    const tampered = [
      session.slice(0, at) + (session[at] === 'A' ? 'B' : 'A') + session.slice(at + 1),
      session.slice(0, -1),
      `${session}A`,
      `${session}=`,
      session.replace('s1.', 's2.'),
      session.slice(3),
      's1.',
      'made up',
      `s1.${randomBytes(1700).toString('base64url')}`,
    ]
    for (const one of tampered) {
      t.match((await stack.finish({ session: one, token })).body, { code: 'session_expired' })
    }
    t.strictSame(stack.cognitoCalls(), [])
    t.equal((await stack.finish({ session, token })).status, 200, 'the real one still works')
  },
)

t.test(
  'a session sealed under a key we do not have is refused; one of our ring is not',
  async (t) => {
    const here = await startStack(t, { env: { SESSION_KEYS: KEY } })
    const { body } = await here.start({ email })
    const elsewhere = await startStack(t, {
      env: { SESSION_KEYS: randomBytes(32).toString('base64') },
    })
    t.match((await elsewhere.finish({ session: body.session, token: 'any' })).body, {
      code: 'session_expired',
    })
  },
)

t.test('a session of another pool or client is refused although the key is the same', async (t) => {
  const here = await startStack(t, { env: { SESSION_KEYS: KEY } })
  const { body } = await here.start({ email })
  const otherPool = await startStack(t, {
    pool: { poolId: 'eu-west-1_OtherPool' },
    env: { SESSION_KEYS: KEY },
  })
  t.match((await otherPool.finish({ session: body.session, token: 'any' })).body, {
    code: 'session_expired',
  })
})

t.test('a double tap signs in once', async (t) => {
  const stack = await startStack(t)
  const { body } = await stack.start({ email })
  const token = await stack.user.pass(body.token, email)
  const both = await Promise.all([1, 2].map(() => stack.finish({ session: body.session, token })))
  t.strictSame(new Set(both.map(({ status }) => status)), new Set([200, 401]))
  t.equal(both.find(({ status }) => status === 401)!.body.code, 'session_expired')
})
