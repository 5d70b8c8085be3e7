import t from 'tap'
import { endingWith } from '../../src/account/ending-with.ts'
import { accountUseCases } from '../../src/account/use-cases.ts'
import type { AuthsignalClient } from '../../src/authsignal/client.ts'
import { signInError } from '../support/expect-error.ts'
import { authorized, fakeDeps, PASSKEY, SUB } from './support.ts'

const never = () => new Promise<never>(() => {})
const input = { userId: SUB, action: 'pay', since: new Date(0) }

/** One call of each method. */
const CALLS: ((client: AuthsignalClient) => Promise<unknown>)[] = [
  (client) => client.track({ ...input, idempotencyKey: 'k', attributes: {} }),
  (client) => client.validate({ ...input, token: 'a.b.c' }),
  (client) => client.user(SUB),
  (client) => client.authenticators(SUB),
  (client) => client.actions(input),
  (client) => client.enrol(SUB, { method: 'SMS', address: '+6421234567' }),
  (client) => client.removeAuthenticator(SUB, 'passkey'),
  (client) => client.deleteUser(SUB),
]

/** A client that notes what it is asked. */
function noting(answer: () => Promise<never> | Promise<unknown>) {
  const calls: [string, unknown[]][] = []
  const names = [
    'track',
    'validate',
    'user',
    'authenticators',
    'actions',
    'enrol',
    'removeAuthenticator',
    'deleteUser',
  ]
  const methods = names.map((name) => [
    name,
    (...given: unknown[]) => {
      calls.push([name, given])
      return answer()
    },
  ])
  return { client: Object.fromEntries(methods) as AuthsignalClient, calls }
}

t.test('until the end of the request every call is made as it is', async (t) => {
  const plain = noting(async () => 'the answer')
  const ending = noting(async () => 'the answer')
  const client = endingWith(new AbortController().signal, ending.client)
  for (const call of CALLS) t.equal(await call(client), await call(plain.client))
  t.strictSame(ending.calls, plain.calls)
})

t.test('at the end nobody waits any longer, and afterwards nothing is asked', async (t) => {
  const controller = new AbortController()
  const { client, calls } = noting(never)
  const ending = endingWith(controller.signal, client)
  const waiting = CALLS.map((call) => call(ending))
  controller.abort()
  for (const answer of waiting) await t.rejects(answer, signInError('upstream_timeout'))
  calls.splice(0)
  for (const call of CALLS) await t.rejects(call(ending), signInError('upstream_timeout'))
  t.strictSame(calls, [])
})

t.test('a loop of removals ends with the request', async (t) => {
  const deps = authorized(fakeDeps({}))
  const phoneNumber = '+6421234567'
  const text = { ...PASSKEY, method: 'SMS', address: phoneNumber }
  const unfinished = { ...text, isVerified: false }
  const removed: string[] = []
  const useCases = accountUseCases({
    ...deps,
    accounts: {
      ...deps.accounts,
      find: async () => ({
        outcome: 'account',
        account: {
          sub: SUB,
          username: 'ada',
          attributes: {
            email: 'ada@example.com',
            email_verified: 'true',
            phone_number: phoneNumber,
            phone_number_verified: 'true',
          },
        },
      }),
      setUnverified: async () => 'done',
    },
    authsignal: {
      ...deps.authsignal,
      authenticators: async () => [
        PASSKEY,
        { ...unfinished, id: 'a' },
        { ...unfinished, id: 'b' },
        { ...text, id: 'text' },
      ],
      async removeAuthenticator(_userId, id) {
        removed.push(id)
        if (removed.length === 2) await never()
      },
    },
    settings: { ...deps.settings, upstreamTimeoutMs: 100 },
  })
  // A deadline alone keeps no process alive; a server does.
  const alive = setInterval(() => {}, 1_000)
  t.teardown(() => clearInterval(alive))
  await t.rejects(useCases.removeAuthenticator('at', 'text'), signInError('upstream_timeout'))
  t.strictSame(removed, ['a', 'b'])
})
