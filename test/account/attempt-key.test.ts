import t from 'tap'
import { attemptKeys, type AttemptOf } from '../../src/account/attempt-key.ts'

const SECRET = Buffer.alloc(32, 3)
const NOW = 1_795_363_105_123
const OF: AttemptOf = {
  purpose: 'step-up',
  userId: '34c84488-e0e1-70ae-d2ee-991ad1a898c8',
  action: 'authorizePayment',
  signInId: 'sign-in-1',
}
const keys = attemptKeys(SECRET, () => NOW)

t.test('a key is known again for what it was made for, by any instance, with its time', (t) => {
  const key = keys.issue(OF)
  t.match(key, /^[\w-]{48}$/)
  t.equal(keys.startedAt(key, OF), NOW)
  t.equal(attemptKeys(Buffer.from(SECRET), () => 0).startedAt(key, { ...OF }), NOW)
  t.end()
})

t.test('no two keys are the same', (t) => {
  const issued = new Set(Array.from({ length: 1_000 }, () => keys.issue(OF)))
  t.equal(issued.size, 1_000)
  t.end()
})

t.test('a key fits nothing else', (t) => {
  const key = keys.issue(OF)
  for (const other of [
    { purpose: 'enrolment' },
    { userId: 'another' },
    { action: 'authorizepayment' },
    { action: 'manageAuthenticators' },
    { signInId: 'sign-in-2' },
    { signInId: undefined },
    { signInId: '' },
  ] as Partial<AttemptOf>[]) {
    t.equal(keys.startedAt(key, { ...OF, ...other }), undefined, JSON.stringify(other))
  }
  t.equal(attemptKeys(Buffer.alloc(32, 4), () => NOW).startedAt(key, OF), undefined, 'other secret')
  t.end()
})

t.test('one field cannot run into the next', (t) => {
  const key = keys.issue({ ...OF, action: 'a', signInId: 'b","c' })
  t.equal(keys.startedAt(key, { ...OF, action: 'a","b', signInId: 'c' }), undefined)
  t.end()
})

t.test('where tokens name no sign-in, keys are those of the user', (t) => {
  const key = keys.issue({ ...OF, signInId: undefined })
  t.equal(keys.startedAt(key, { ...OF, signInId: undefined }), NOW)
  t.equal(keys.startedAt(key, OF), undefined)
  t.end()
})

t.test('what is no key of ours is none', (t) => {
  const key = keys.issue(OF)
  for (let index = 0; index < key.length; index += 1) {
    const changed = key[index] === 'A' ? 'B' : 'A'
    const text = key.slice(0, index) + changed + key.slice(index + 1)
    t.equal(keys.startedAt(text, OF), undefined, `${index}`)
  }
  for (const text of [
    undefined,
    '',
    'x',
    key.slice(0, -1),
    `${key}A`,
    key.slice(0, 24),
    '3f1c9d0e-6a57-4f0b-9d8e-0c2b7a4e5d61',
    ' '.repeat(48),
    'A'.repeat(10_000),
  ]) {
    t.equal(keys.startedAt(text, OF), undefined, text?.slice(0, 20) ?? 'none')
  }
  t.end()
})

t.test('the same bytes in another spelling are no second key', (t) => {
  const key = keys.issue(OF)
  for (const text of [`${key}=`, `${key}\n`, ` ${key}`, `${key.slice(0, 24)}.${key.slice(24)}`]) {
    t.strictSame(Buffer.from(text, 'base64url'), Buffer.from(key, 'base64url'))
    t.equal(keys.startedAt(text, OF), undefined)
  }
  t.end()
})
