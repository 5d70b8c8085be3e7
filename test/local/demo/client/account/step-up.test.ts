import t from 'tap'
import type { Answer } from '../../../../../local/demo/client/api/call.ts'
import { ownMethods } from '../../../../../local/demo/client/account/own-methods.ts'
import { ok, refusal, settled, signedInSession } from '../support.ts'
import { accountThat, EMAIL, PASSKEY, signedInPerson } from './support.ts'

/** A call that wants a fresh proof so many times. */
function strict(times: number) {
  let made = 0
  return async (): Promise<Answer<string>> => {
    made += 1
    return made > times ? ok(`done at the ${made}.`) : refusal('step_up_required')
  }
}

t.test('asks for nothing where nothing is asked for', async (t) => {
  const { stepUp, calls } = signedInPerson()
  t.strictSame(await stepUp.call(strict(0)), ok('done at the 1.'))
  t.strictSame(calls, [])
})

t.test('has the person confirm, and repeats the call', async (t) => {
  const { stepUp, confirmations, calls } = signedInPerson()
  const answer = stepUp.call(strict(1))
  await settled()
  await confirmations.challenge?.verify('123456')
  t.strictSame(await answer, ok('done at the 2.'))
  t.strictSame(calls.slice(0, 4), [
    'start manageAuthenticators',
    'send email t1',
    'check email t1 123456',
    'finish manageAuthenticators proof',
  ])
})

t.test('repeats it once only', async (t) => {
  const { stepUp, confirmations } = signedInPerson()
  const answer = stepUp.call(strict(9))
  await settled()
  await confirmations.challenge?.verify('123456')
  t.match(await answer, { problem: { code: 'step_up_required' } })
})

t.test('repeats nothing when the person thinks better of it', async (t) => {
  const { stepUp, confirmations } = signedInPerson()
  const answer = stepUp.call(strict(1))
  await settled()
  confirmations.cancel()
  t.match(await answer, { problem: { code: 'cancelled' } })
})

t.test('confirms with what the person has, to an address that stays masked', async (t) => {
  const { session } = signedInSession()
  const both = accountThat({ authenticators: async () => ok([EMAIL, PASSKEY]) })
  t.strictSame(await ownMethods(session, both)(), {
    methods: ['passkey', 'email', 'link', 'popup', 'window'],
    address: 'a***@example.com',
  })
  const unknown = accountThat({ authenticators: async () => refusal('no_connection') })
  t.strictSame(await ownMethods(session, unknown)(), { methods: ['popup', 'window'] })
})
