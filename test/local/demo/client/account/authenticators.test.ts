import t from 'tap'
import type { Answer } from '../../../../../local/demo/client/api/call.ts'
import type { AccountApi, Authenticator } from '../../../../../local/demo/client/api/account-api.ts'
import {
  detailOf,
  kindOf,
  nameOf,
} from '../../../../../local/demo/client/account/authenticator-name.ts'
import {
  AuthenticatorsPanel,
  type AuthenticatorsState,
} from '../../../../../local/demo/client/account/authenticators.ts'
import { speak } from '../../../../../local/demo/client/language/language.ts'
import { later, ok, refusal, settled } from '../support.ts'
import { accountThat, EMAIL, PASSKEY, signedInPerson } from './support.ts'

function newPanel(api: Partial<AccountApi> = {}, { supportsPasskeys = true } = {}) {
  const states: AuthenticatorsState[] = []
  const { session, stepUp, confirmations } = signedInPerson()
  const changes = { count: 0 }
  const panel = new AuthenticatorsPanel({
    session,
    stepUp,
    api: accountThat(api),
    supportsPasskeys,
    render: (state) => void states.push(state),
    changed: () => void (changes.count += 1),
  })
  return { panel, last: () => states.at(-1), confirmations, changes }
}

t.test('lists what there is', async (t) => {
  const { panel, last } = newPanel()
  await panel.load()
  t.strictSame(last(), { isLoading: false, list: [EMAIL], offersPasskey: true })
})

t.test(
  'offers a passkey to those who have none, where there can be one, until they say no',
  async (t) => {
    const { panel, last } = newPanel()
    t.equal(last()?.offersPasskey, undefined, 'not before it is known')
    await panel.load()
    panel.notNow()
    t.match(last(), { offersPasskey: false })
    await panel.load()
    t.match(last(), { offersPasskey: false })
    const hasOne = newPanel({ authenticators: async () => ok([EMAIL, PASSKEY]) })
    await hasOne.panel.load()
    t.match(hasOne.last(), { offersPasskey: false })
    const cannot = newPanel({}, { supportsPasskeys: false })
    await cannot.panel.load()
    t.match(cannot.last(), { offersPasskey: false })
  },
)

t.test('removes one, once the person has said yes', async (t) => {
  const removed: string[] = []
  const lists = [[EMAIL, PASSKEY], [EMAIL]]
  const { panel, last, changes } = newPanel({
    authenticators: async () => ok(lists.shift() ?? []),
    removeAuthenticator: async (_bearer, id) => (removed.push(id), ok(true as const)),
  })
  await panel.load()
  panel.remove('p')
  t.match(last(), { removing: { authenticator: PASSKEY, isBusy: false } })
  t.strictSame(removed, [])
  panel.keep()
  t.notOk(last()?.removing)
  panel.remove('p')
  await panel.confirmRemoval()
  t.strictSame(removed, ['p'])
  t.match(last(), { list: [EMAIL], notice: { key: 'authenticators.removed' } })
  t.equal(changes.count, 1, 'and the profile is looked at again')
})

t.test('says that the last one stays', async (t) => {
  const { panel, last } = newPanel({
    removeAuthenticator: async () => refusal('last_authenticator'),
  })
  await panel.load()
  panel.remove('e')
  await panel.confirmRemoval()
  t.match(last(), {
    removing: { isBusy: false, complaint: { message: { key: 'error.lastAuthenticator' } } },
    list: [EMAIL],
  })
})

t.test('one that is gone already is gone', async (t) => {
  const { panel, last } = newPanel({ removeAuthenticator: async () => refusal('not_found') })
  await panel.load()
  panel.remove('e')
  await panel.confirmRemoval()
  t.match(last(), { notice: { key: 'authenticators.removed' } })
})

t.test('has the removal confirmed where the service asks for it', async (t) => {
  const answers: Answer<true>[] = [refusal('step_up_required'), ok(true)]
  const { panel, last, confirmations } = newPanel({
    removeAuthenticator: async () => answers.shift()!,
  })
  await panel.load()
  panel.remove('e')
  const removing = panel.confirmRemoval()
  await settled()
  t.match(last(), { removing: { isBusy: true } })
  await confirmations.challenge?.verify('123456')
  await removing
  t.match(last(), { notice: { key: 'authenticators.removed' } })
})

t.test('an unknown one cannot be removed', async (t) => {
  const { panel, last } = newPanel()
  await panel.load()
  panel.remove('x')
  t.notOk(last()?.removing)
  await panel.confirmRemoval()
  t.strictSame(last(), { isLoading: false, list: [EMAIL], offersPasskey: true })
})

t.test('a list for somebody who has gone is not shown to the next', async (t) => {
  const slow = later<Answer<Authenticator[]>>()
  const { panel, last } = newPanel({ authenticators: () => slow.promise })
  const loading = panel.load()
  panel.forget()
  slow.settle(ok([EMAIL]))
  await loading
  t.strictSame(last(), { isLoading: false, offersPasskey: false })
})

t.test('is called by its kind and what tells it from others', (t) => {
  t.equal(speak('en', nameOf(EMAIL)), 'Email (a***@example.com)')
  t.equal(speak('de', nameOf(PASSKEY)), 'Passkey')
  t.equal(detailOf({ ...PASSKEY, name: 'Chrome on macOS' }), 'Chrome on macOS')
  t.equal(detailOf({ ...PASSKEY, name: 'Passkey' }), undefined)
  t.strictSame(kindOf('VERIFF'), { key: 'authenticators.other' })
  t.strictSame(kindOf('toString'), { key: 'authenticators.other' })
  t.end()
})
