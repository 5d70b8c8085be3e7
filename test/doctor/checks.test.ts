import t from 'tap'
import { CHECKS } from '../../src/doctor/checks.ts'
import { findings } from '../../src/doctor/report.ts'
import { factsOf } from './support.ts'

t.test('of a right set-up there is nothing to say', async (t) => {
  const bad = findings(CHECKS, factsOf()).filter(({ status }) => !/ok|skipped/.test(status))
  t.strictSame(bad, [])
})

t.test('every check has a name of its own', async (t) => {
  const ids = CHECKS.map(({ id }) => id)
  t.strictSame(
    ids.filter((id, index) => ids.indexOf(id) !== index),
    [],
  )
})

t.test('where nothing can be seen, nothing is ok or wrong about it', async (t) => {
  const unseen = { unseen: 'Cognito does not answer in time' }
  const away = factsOf({
    pool: unseen,
    client: unseen,
    signingKeys: unseen,
    permissions: {
      AdminCreateUser: unseen,
      AdminGetUser: unseen,
      AdminUpdateUserAttributes: unseen,
      ListUsers: unseen,
    },
    authsignal: unseen,
    clocks: { Cognito: unseen, Authsignal: unseen },
    redis: unseen,
  })
  const remote = findings(CHECKS, away).filter(({ id }) => !id.startsWith('config.'))
  t.ok(remote.length > 25)
  for (const finding of remote) t.match(finding, { status: 'skipped', couldNotCheck: true })
})

t.test('of a pool or client that is not there, only that is a problem', async (t) => {
  const missing = { missing: 'it is not there' }
  const found = findings(CHECKS, factsOf({ pool: missing, client: missing }))
  t.strictSame(
    found.filter(({ status }) => status === 'problem').map(({ id }) => id),
    ['pool.exists', 'client.exists'],
  )
  t.notOk(found.some((finding) => 'couldNotCheck' in finding))
})

t.test('how to come to see something is said once', async (t) => {
  const unseen = { unseen: 'there are no AWS credentials', fix: 'aws sts get-caller-identity' }
  const found = findings(CHECKS, factsOf({ pool: unseen }))
  t.strictSame(
    found.filter((finding) => 'fix' in finding).map(({ id }) => id),
    ['pool.exists'],
  )
})
