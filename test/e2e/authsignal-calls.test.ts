import t from 'tap'
import { startStack, type StackOptions } from '../support/stack.ts'

const email = 'ada@example.com'
const HOURS = 3 * 60 * 60_000

// What decision 2 says a sign-in costs at Authsignal, with the triggers as they are deployed.
const START = ['GET /users/:userId/authenticators', 'POST /users/:userId/actions/:action']
const FINISH = ['GET /users/:userId/actions', 'POST /validate']
const IN_DOUBT = [...FINISH, 'GET /users/:userId/authenticators'].toSorted()

const POOLS: Record<string, StackOptions> = {
  'one round': {},
  'a context round': { contextRound: 'on' },
}

for (const [name, options] of Object.entries(POOLS)) {
  t.test(`who comes back costs two calls at the start, two at the end: ${name}`, async (t) => {
    const stack = await startStack(t, options)
    const { authsignal } = stack
    const callsOf = async (work: () => Promise<unknown>) => {
      authsignal.calls.length = 0
      await work()
      return authsignal.calls.map(({ operation }) => operation).toSorted()
    }
    const signIn = async () => {
      const begun: { body?: Record<string, string> } = {}
      const start = await callsOf(async () => Object.assign(begun, await stack.start({ email })))
      const { token = '', session = '' } = begun.body ?? {}
      const proof = await stack.user.pass(token, email)
      const finish = await callsOf(async () => {
        t.equal((await stack.finish({ session, token: proof })).status, 200)
      })
      return { start, finish }
    }

    authsignal.clock.advance(-HOURS)
    await stack.signIn({ email })
    authsignal.clock.advance(HOURS)
    t.strictSame(await signIn(), { start: START, finish: FINISH })
    t.strictSame(await signIn(), { start: START, finish: IN_DOUBT }, 'again at once')
  })
}
