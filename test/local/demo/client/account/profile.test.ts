import t from 'tap'
import type { Answer } from '../../../../../local/demo/client/api/call.ts'
import type { AccountApi, Profile } from '../../../../../local/demo/client/api/account-api.ts'
import {
  ProfilePanel,
  type ProfileState,
} from '../../../../../local/demo/client/account/profile.ts'
import { later, ok, refusal, signedInSession } from '../support.ts'
import { accountThat, PROFILE } from './support.ts'

function newProfile(api: Partial<AccountApi> = {}) {
  const states: ProfileState[] = []
  const { session } = signedInSession()
  const profile = new ProfilePanel({
    session,
    api: accountThat(api),
    render: (state) => void states.push(state),
  })
  return { profile, states, last: () => states.at(-1) }
}

t.test('shows who it is', async (t) => {
  const { profile, states, last } = newProfile()
  await profile.load()
  t.match(states[0], { busy: 'load' })
  t.strictSame(last(), { profile: PROFILE, isEditing: false })
})

t.test('says why it cannot, and can be asked again', async (t) => {
  const answers: Answer<Profile>[] = [refusal('no_connection'), ok(PROFILE)]
  const { profile, last } = newProfile({ profile: async () => answers.shift()! })
  await profile.load()
  t.match(last(), { complaint: { message: { key: 'error.noConnection' } } })
  await profile.load()
  t.strictSame(last(), { profile: PROFILE, isEditing: false })
})

t.test('saves a new name', async (t) => {
  const { profile, last } = newProfile()
  await profile.load()
  profile.edit()
  t.match(last(), { isEditing: true })
  await profile.save('  Ada Lovelace ')
  t.match(last(), {
    profile: { ...PROFILE, name: 'Ada Lovelace' },
    isEditing: false,
    notice: { key: 'profile.saved' },
  })
})

t.test('asks nobody about a name that is none', async (t) => {
  let asked = 0
  const { profile, last } = newProfile({ rename: async () => ((asked += 1), refusal('x')) })
  await profile.load()
  profile.edit()
  for (const name of ['', '   ', 'x'.repeat(101)]) {
    await profile.save(name)
    t.match(last(), { isEditing: true, complaint: { isAboutField: true } })
  }
  t.equal(asked, 0)
})

t.test('keeps the form open while the service says no', async (t) => {
  const { profile, last } = newProfile({ rename: async () => refusal('upstream_timeout') })
  await profile.load()
  profile.edit()
  await profile.save('Ada')
  t.match(last(), { isEditing: true, complaint: { isAboutField: false }, profile: PROFILE })
  profile.cancel()
  t.strictSame(last(), { profile: PROFILE, isEditing: false })
})

t.test('an answer for somebody who has gone is not shown to the next', async (t) => {
  const slow = later<Answer<Profile>>()
  const { profile, last } = newProfile({ profile: () => slow.promise })
  const loading = profile.load()
  profile.forget()
  slow.settle(ok(PROFILE))
  await loading
  t.strictSame(last(), { isEditing: false })
})
