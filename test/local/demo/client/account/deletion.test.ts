import t from 'tap'
import type { Answer } from '../../../../../local/demo/client/api/call.ts'
import { Deletion, type DeletionState } from '../../../../../local/demo/client/account/deletion.ts'
import { later, ok, refusal } from '../support.ts'
import { accountThat, signedInPerson } from './support.ts'

function newDeletion(answers: (Answer<true> | Promise<Answer<true>>)[] = []) {
  const states: DeletionState[] = []
  const { session, stepUp, notices } = signedInPerson()
  let asked = 0
  const deletion = new Deletion({
    session,
    stepUp,
    api: accountThat({
      deleteAccount: async () => ((asked += 1), answers.shift() ?? ok(true as const)),
    }),
    word: () => 'LÖSCHEN',
    render: (state) => void states.push(state),
  })
  deletion.open()
  return { deletion, session, notices, last: () => states.at(-1), asked: () => asked }
}

t.test('deletes the account once the word has been typed, in whatever case', async (t) => {
  const { deletion, session, notices, asked } = newDeletion()
  await deletion.confirm(' löschen ')
  t.equal(asked(), 1)
  t.equal(session.signedIn, undefined)
  t.match(notices.at(-1), { key: 'notice.accountDeleted' })
})

t.test('any other word deletes nothing', async (t) => {
  const { deletion, last, asked } = newDeletion()
  for (const typed of ['', 'yes', 'LOESCHEN']) {
    await deletion.confirm(typed)
    t.match(last(), { isOpen: true, complaint: { isAboutField: true } }, typed)
  }
  t.equal(asked(), 0)
})

t.test('says why it could not, and can be tried again', async (t) => {
  const { deletion, session, last } = newDeletion([refusal('upstream_unavailable')])
  await deletion.confirm('LÖSCHEN')
  t.match(last(), { isOpen: true, isBusy: false, complaint: { isAboutField: false } })
  t.ok(session.signedIn)
  await deletion.confirm('LÖSCHEN')
  t.equal(session.signedIn, undefined)
})

t.test('is done once, and not closed meanwhile', async (t) => {
  const slow = later<Answer<true>>()
  const { deletion, last, asked } = newDeletion([slow.promise])
  const deleting = deletion.confirm('LÖSCHEN')
  void deletion.confirm('LÖSCHEN')
  deletion.close()
  t.match(last(), { isOpen: true, isBusy: true })
  slow.settle(ok(true))
  await deleting
  t.equal(asked(), 1)
})

t.test('closes when the person is signed out meanwhile', async (t) => {
  const slow = later<Answer<true>>()
  const { deletion, last } = newDeletion([slow.promise])
  const deleting = deletion.confirm('LÖSCHEN')
  deletion.forget()
  slow.settle(refusal('invalid_token'))
  await deleting
  t.strictSame(last(), { isOpen: false, isBusy: false })
})
