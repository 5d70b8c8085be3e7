import t from 'tap'
import { decoyUserId } from '../../src/authsignal/decoy.ts'

const [KEY, OTHER_KEY] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
const NAMES = ['ada@example.com', '+6421234567', 'ada', '', 'ü', '"', 'x'.repeat(128)]

t.test('the same name has the same id each time, and no other name has it', (t) => {
  const ids = NAMES.map((name) => decoyUserId(KEY, name))
  t.strictSame(
    NAMES.map((name) => decoyUserId(Buffer.from(KEY), name)),
    ids,
  )
  t.equal(new Set(ids).size, NAMES.length)
  t.end()
})

t.test('whoever lacks the key cannot tell which id a name would have', (t) => {
  for (const name of NAMES) t.not(decoyUserId(KEY, name), decoyUserId(OTHER_KEY, name))
  t.end()
})

t.test('an id has the form of those that Cognito gives', (t) => {
  for (const key of [KEY, OTHER_KEY]) {
    for (const name of NAMES) {
      t.match(
        decoyUserId(key, name),
        /^[0-9a-f]{8}-[0-9a-f]{4}-70[0-9a-f]{2}-[0-9a-f]{4}-[0-9a-f]{12}$/,
      )
    }
  }
  t.end()
})

t.test('a name that Cognito has made up stays as it is', (t) => {
  for (const name of [
    '84583468-8081-7000-901f-9d3de5b6b68b',
    '0b3b3b0c-1f6e-3c7e-8a5b-2f9d6c1e4a77',
    '0B3B3B0C-1F6E-3C7E-8A5B-2F9D6C1E4A77',
  ]) {
    t.equal(decoyUserId(KEY, name), name)
    for (const longer of [`x${name}`, `${name}x`, `${name}\n`]) {
      t.not(decoyUserId(KEY, longer), longer)
    }
  }
  t.end()
})
